using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>Random models of any size: for time it doesn't matter what the numbers are.</summary>
internal sealed record Catalogue(Recommender Recommender, float[] Users, float[] Items)
{
    public const int Dimension = 64;
    private const int UserCount = 1000;
    private const int HistoryLength = 20;

    public static Catalogue Create(int items, int dimension = Dimension)
    {
        var random = new Random(1);
        float[] users = Numbers(UserCount * dimension, random), rows = Numbers(items * dimension, random);
        var seen = new InteractionSet(UserCount, items, [.. Interactions(items)]);
        return new Catalogue(Recommender.FromEmbeddings(Ids("user", UserCount), users, Ids("item", items), rows, seen), users, rows);
    }

    /// <summary>A model with a modal line of one modality, so that items can be put into it.</summary>
    public static Recommender CreateWithContent(int items)
    {
        const int Features = 32;
        string[] users = Ids("user", UserCount), names = Ids("item", items);
        var features = new FeatureTable(Modality.Image, names, Features, Numbers(items * Features, new Random(2)));
        RecDataset data = RecDataset.FromInteractions(
            "random", Interactions(items).Select(pair => new Interaction(users[pair.User], names[pair.Item])), [features],
            new DatasetOptions { Split = SplitStrategy.None });
        using DRepMRecModel model = DRepMRecModel.Create(data,
            new DRepMRecOptions { EmbeddingDim = Dimension, FeatureScaling = FeatureScaling.None, Modal = new ModalEncoderOptions() });
        return new Trainer(model, data, new TrainerOptions { MaxEpochs = 1 }).Fit().BuildRecommender();
    }

    private static IEnumerable<(int User, int Item)> Interactions(int items)
    {
        int Item(int user, int n) => (int)(((user * 7919L) + (n * 104729L)) % items);
        return Enumerable.Range(0, UserCount)
            .SelectMany(user => Enumerable.Range(0, HistoryLength).Select(n => (user, Item(user, n))).Distinct());
    }

    public static string[] Ids(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => $"{prefix}{i}")];

    public static float[] Numbers(int count, Random random)
    {
        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
