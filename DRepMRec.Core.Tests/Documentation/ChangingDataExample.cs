using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/changing-data.md. Compiled, not run.</summary>
internal static class ChangingDataExample
{
    public static void Save(TrainingReport report)
    {
        Recommender recommender = report.BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
        recommender.Save("shop.drepmrec");
    }

    public static Recommender Grow(Recommender recommender)
    {
        recommender = recommender.WithInteractions([new Interaction("ann", "shoe"), new Interaction("new-user", "hat", Weight: 2)]);
        return recommender;
    }

    public static Recommender Take(Recommender recommender, ItemTable products)
    {
        var layout = new DelimitedOptions { User = "customer", Item = "product", Timestamp = "bought_at" };
        var options = new DatasetOptions { BadRows = BadRowHandling.Skip, Catalogue = products.Ids };
        InteractionTable today = InteractionTable.LoadDelimited("today.csv", layout, options);
        Console.WriteLine(today.Report);
        recommender = recommender.WithInteractions(today);
        return recommender;
    }

    public static Recommender Forget(Recommender recommender)
    {
        recommender = recommender.WithoutUsers(["ann"]);
        recommender.Save("shop.drepmrec");
        return recommender;
    }

    public static Recommender Prove(RecDataset data, DRepMRecOptions modelOptions, TrainerOptions training)
    {
        RecDataset without = data.WithoutUsers(["ann"]);
        var (recommender, receipt) = TrainingReceipt.Train(without, modelOptions, training, before: data);
        File.WriteAllText("receipt.json", DRepMRecJson.Write(receipt));
        return recommender;
    }

    public static void Replay(RecDataset without)
    {
        TrainingReceipt receipt = DRepMRecJson.Read<TrainingReceipt>(File.ReadAllText("receipt.json"));
        ReceiptReplay replay = receipt.Replay(without);
        Console.WriteLine(replay.IsSame ? "the same bits" : string.Join("\n", replay.Differences));
    }

    public static void Keep(TrainingReport report)
    {
        report.ToEarlierModel().Save("yesterday.weights");
    }

    public static void GoOn(DRepMRecModel model, RecDataset data, TrainerOptions training)
    {
        var trainer = new Trainer(model, data, training);
        WarmStartReport start = trainer.StartFrom(EarlierModel.Load("yesterday.weights"));
        TrainingReport report = trainer.Fit();
        Console.WriteLine($"{start.KnownUsers} users went over; {report.BestEpoch}");
    }

    public static FeatureTable[] EncodeAsBefore(ItemTable products)
    {
        Recommender served = Recommender.Load("shop.drepmrec", new RecommenderLoadOptions { MemoryMap = false });
        FeatureTable[] features = [.. served.Encoders.Where(e => e.GeneratorName is null).Select(e => e.Encode(products))];
        return features;
    }

    public static void Choose(DelimitedOptions layout, FeatureTable[] features)
    {
        InteractionTable log = InteractionTable.LoadDelimited("orders.csv", layout);
        TimeTravelReport report = new TimeTravel(log, features).Run(new TimeTravelOptions
        {
            Windows = 12,
            Policies =
            [
                UpdatePolicy.Never, UpdatePolicy.FoldIn, UpdatePolicy.Refresh, UpdatePolicy.WarmStartEvery(3, refreshes: true),
                UpdatePolicy.TrainEveryFromNothing(3, refreshes: true),
            ],
        });
        File.WriteAllText("schedule.md", report.ToMarkdown());
    }

    public static void Watch(Recommender recommender, Interaction[] newest)
    {
        DriftReport drift = recommender.MeasureDrift(newest);
        drift.Record();
    }
}
