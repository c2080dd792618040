using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace DRepMRec.Tests.Serving;

/// <summary>A small trained model that many tests ask, made once.</summary>
internal static class Served
{
    private static readonly RecDataset Small = SyntheticDataset.Create(
        new SyntheticOptions
        {
            Users = 300,
            Items = 200,
            Clusters = 8,
            Modalities = [new(Modality.Image, 12), new(Modality.Text, 9)],
        }).Data;

    private static readonly Lazy<(RecDataset Data, Recommender Recommender)> Trained = new(Train);

    public static RecDataset Data => Trained.Value.Data;

    public static Recommender Recommender => Trained.Value.Recommender;

    /// <summary>Trains a model on the same data, briefly.</summary>
    public static Recommender Build(DRepMRecOptions options, RecommenderOptions? serving = null, int epochs = 2)
    {
        using var model = DRepMRecModel.Create(Small, options with { EmbeddingDim = 16 });
        return Fit(model, epochs).BuildRecommender(serving);
    }

    /// <summary>The raw features of an item, for those modalities it has.</summary>
    public static Dictionary<Modality, ReadOnlyMemory<float>> Features(int item)
        => Data.Features.Where(f => f.Present[item]).ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[item].ToArray());

    /// <summary>The indices of items without a training interaction that have features.</summary>
    public static int[] ColdItems { get; } = [.. Enumerable.Range(0, Small.Items.Count)
        .Where(i => Small.Train.ItemDegrees()[i] == 0 && Small.Features.Any(f => f.Present[i]))];

    public static TrainingReport Fit(DRepMRecModel model, int epochs)
        => new Trainer(model, Small, new TrainerOptions
        {
            MaxEpochs = epochs,
            BatchSize = 256,
            Adam = new AdamOptions { LearningRate = 0.01 },
        }).Fit();

    private static (RecDataset Data, Recommender Recommender) Train()
    {
        using var model = DRepMRecModel.Create(Small, new DRepMRecOptions { EmbeddingDim = 16 });
        return (Small, Fit(model, 20).BuildRecommender());
    }
}
