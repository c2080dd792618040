// Trains LightGCN and DRepMRec on a dataset, compares them with models that need no training, and recommends items to a user.
using Common;
using DRepMRec;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using DRepMRec.Training;
using QuickStart;

// EASE holds a number for each pair of items.
const int MaxEaseItems = 20_000;

return CommandLine.Run(args, (options, cancellation) =>
{
    // 1. A dataset: a folder in the MMRec, RecBole or LATTICE layout, or a made-up shop whose right answer is known.
    SyntheticDataset? shop = options.Data is null ? SyntheticDataset.Create() : null;
    RecDataset data = shop?.Data ?? RecDataset.Load(options.Data!);
    Console.WriteLine(data);
    if (data.Features.Count == 0)
        Console.WriteLine("The dataset has no features: DRepMRec is its behaviour line alone.");

    // 2. Train and test. All choices are made on validation; the test set is read once, here.
    var (modelOptions, trainerOptions) = DRepMRecPreset.For(data);
    TrainerOptions trainer = trainerOptions with { MaxEpochs = options.Epochs, Seed = options.Seed, Threads = options.Threads };
    ModelRun Untrained(string name, Func<IItemScorer> create) => ModelRun.Untrained(name, create, data, trainer, cancellation);

    // A training ends with a closed form beside the model, which stands alone too here.
    (ModelRun Alone, ModelRun WithPart) Train(string name, bool bma, DRepMRecModel model)
    {
        ModelRun both = TrainingDisplay.Show(
            name, linePerEpoch: true, progress => ModelRun.Train(name, bma, model, data, WithCheckpoint(name), progress, cancellation));
        ModelRun alone = Untrained(name, () => Alone(model)) with { Bma = bma, Report = both.Report, TrainTime = both.TrainTime };
        return (alone, both with { Model = name + " + item-to-item" });
    }

    TrainerOptions WithCheckpoint(string name)
        => options.Checkpoint is null ? trainer : trainer with
        {
            Checkpoint = new CheckpointOptions { Path = $"{options.Checkpoint}.{name.ToLowerInvariant()}.checkpoint", EveryEpochs = 5 },
        };
    ModelRun popularity = Untrained("Popularity", () => new PopularityRecommender(data.Train));
    ModelRun itemKnn = Untrained("ItemKNN", () => new ItemKnnRecommender(data.Train, cancellationToken: cancellation));
    ModelRun? ease = data.Items.Count > MaxEaseItems ? null
        : Untrained("EASE", () => new EaseRecommender(data.Train, cancellationToken: cancellation));
    if (ease is null)
        Console.WriteLine($"EASE is left out beyond {MaxEaseItems:N0} items, as it keeps a number for each pair of them.");
    DRepMRecOptions graphOptions = DRepMRecOptions.LightGcn with { ItemToItem = modelOptions.ItemToItem, Seed = options.Seed };
    using DRepMRecModel graphModel = DRepMRecModel.Create(data, graphOptions);
    var lightGcn = Train("LightGCN", bma: false, graphModel);
    using DRepMRecModel model = DRepMRecModel.Create(data, modelOptions with { Seed = options.Seed });
    var ours = Train("DRepMRec", bma: true, model);
    ModelRun?[] all = [popularity, itemKnn, ease, lightGcn.Alone, lightGcn.WithPart, ours.Alone, ours.WithPart];
    ModelRun[] runs = [.. all.OfType<ModelRun>()];
    Display.Results(runs);
    Display.Words(data.Summarize().ColdItems);
    BaselineWarning.Show(ours.WithPart.Report!);

    // 3. Recommend: the best items, and a list that leaves room for others, by what is known of the items.
    Recommender recommender = ours.WithPart.Report!.BuildRecommender(new RecommenderOptions { IncludeRefresh = true })
        .WithMetadata(Shelves.Of(data, shop));
    Display.Recommendations(recommender, data);

    if (options.Json is not null)
        ModelFigures.Write(options.Json, runs.Select(r => r.ToFigures()));

    // What is saved to be served knows what was held out too, and leaves it out of its lists.
    if (options.Save is not null)
        recommender.WithInteractions([.. data.ToInteractions().Where(i => i.Label > 0)]).Save(options.Save);
    Display.Next(options.Save);
});

static EmbeddingScorer Alone(DRepMRecModel model)
{
    using UserItemEmbeddings final = model.Embed();
    return EmbeddingScorer.Of(final);
}
