using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/item-to-item.md. Compiled, not run.</summary>
internal static class ItemToItemExample
{
    public static void AtTheEndOfATraining(RecDataset data)
    {
        var options = new DRepMRecOptions { ItemToItem = new ItemToItemOptions { Enabled = true } };
        using DRepMRecModel model = DRepMRecModel.Create(data, options);
        TrainingReport report = new Trainer(model, data).Fit();
        Console.WriteLine($"weight {report.ItemToItem!.Weight}; {report.Validation![RankingMetric.Recall(20)]:F4} on validation");
        report.BuildRecommender().Save("model.drepmrec");
    }

    public static void OnAllInteractions(RecDataset all, DRepMRecOptions options, TrainerOptions training, TrainingReport report)
    {
        ItemToItemBlend chosen = report.ItemToItem!;
        using DRepMRecModel model = DRepMRecModel.Create(all, options with
        {
            ItemToItem = options.ItemToItem with { BlendWeights = [chosen.Weight], PopularityWeights = [chosen.PopularityWeight] },
        });
        new Trainer(model, all, training with { MaxEpochs = report.BestEpoch }).Fit()
            .BuildRecommender(new RecommenderOptions { IncludeRefresh = true }).Save("model.drepmrec");
    }

    public static void AroundAnything(RecDataset data, float[] users, float[] items, int dimension)
    {
        var scorer = new EmbeddingScorer(users, items, dimension);
        ItemToItemModel part = ItemToItemModel.Solve(data);
        ItemToItemBlend blend = ItemToItemBlend.Choose(scorer, part, data);
        EvaluationResult test = new Evaluator().Evaluate(blend.Over(scorer), data, EvaluationTarget.Test);
        Recommender recommender = Recommender.FromEmbeddings(data.Users.Ids, users, data.Items.Ids, items, data.Train)
            .WithItemToItem(blend);
        Console.WriteLine($"{test[RankingMetric.Recall(20)]:F4}; {recommender.ItemToItemWeight}");
    }

    public static void Why(Recommender recommender)
    {
        Explanation why = recommender.Explain("42", "1017")!;
        Console.WriteLine($"{why.Score}, of which {why.ItemToItem} by what goes with the history:");
        foreach (var (item, share) in why.History)
            Console.WriteLine($"{item}: {share}");
    }
}
