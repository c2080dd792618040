// Trains LightGCN and DRepMRec on a dataset, compares them with Popularity on the test set, and recommends items to a user.
using Common;
using DRepMRec;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;
using QuickStart;

return CommandLine.Run(args, (options, cancellation) =>
{
    // 1. A dataset: a folder in the MMRec, RecBole or LATTICE layout, or a synthetic one whose right answer is known.
    RecDataset data = options.Data is null ? SyntheticDataset.Create().Data : RecDataset.Load(options.Data);
    Console.WriteLine(data);
    if (data.Features.Count == 0)
        Console.WriteLine("The dataset has no features: DRepMRec is its behaviour line alone.");

    // 2. Train and test. All choices are made on validation; the test set is read once, here.
    var trainer = new TrainerOptions { MaxEpochs = options.Epochs, Seed = options.Seed, Threads = options.Threads };
    ModelRun Train(string name, bool bma, DRepMRecModel model)
        => TrainingDisplay.Show(
            name, linePerEpoch: true, progress => ModelRun.Train(name, bma, model, data, WithCheckpoint(name), progress, cancellation));
    TrainerOptions WithCheckpoint(string name)
        => options.Checkpoint is null ? trainer : trainer with
        {
            Checkpoint = new CheckpointOptions { Path = $"{options.Checkpoint}.{name.ToLowerInvariant()}", EveryEpochs = 5 },
        };
    ModelRun popularity = ModelRun.Untrained("Popularity", () => new PopularityRecommender(data.Train), data, trainer, cancellation);
    using DRepMRecModel lightGcn = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn with { Seed = options.Seed });
    using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { Seed = options.Seed });
    ModelRun[] runs = [popularity, Train("LightGCN", bma: false, lightGcn), Train("DRepMRec", bma: true, model)];
    Display.Results(runs);

    // 3. Recommend: the best items, and a list that leaves room for others, by what is known of the items.
    Recommender recommender = runs[^1].Report!.BuildRecommender().WithMetadata(Shelves.Of(data));
    Display.Recommendations(recommender, data);

    if (options.Json is not null)
        ModelFigures.Write(options.Json, runs.Select(r => r.ToFigures()));
    if (options.Save is not null)
        recommender.Save(options.Save);
});
