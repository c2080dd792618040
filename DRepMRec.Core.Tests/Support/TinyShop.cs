using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Graphs;
using static DRepMRec.Tests.Support.Slow;

namespace DRepMRec.Tests.Support;

/// <summary>
/// Six users, seven items, two modalities, without any regularity: the last user and the last item have no interaction, item 2 has no text,
/// and some items have fewer similar ones than are asked for. With what the papers' formulas need of it, computed anew.
/// </summary>
internal static class TinyShop
{
    public const int Users = 6;
    public const int Items = 7;

    private static readonly (int, int)[] Pairs =
        [(0, 0), (0, 1), (0, 2), (0, 5), (1, 1), (1, 3), (2, 0), (2, 4), (2, 5), (3, 2), (3, 3), (3, 0), (4, 5), (4, 0)];

    public static RecDataset Data { get; } = Samples.Dataset(
        "tiny", Users, Items, [.. Pairs], [], [], [Features(Modality.Image, 4, 11, -1), Features(Modality.Text, 3, 12, 2)]);

    public static InteractionGraph Graph { get; } = new(Data.Train);

    public static bool Has(int user, int item) => Pairs.Contains((user, item));

    /// <summary>D^(-1/2) A D^(-1/2): of users and items together, or users by items.</summary>
    public static double[,] Adjacency { get; } = Make(Users + Items, Users + Items, (r, c)
        => r < Users && c >= Users ? Normalized(r, c - Users) : r >= Users && c < Users ? Normalized(c, r - Users) : 0);

    public static double[,] Normalized() => Make(Users, Items, Normalized);

    /// <summary>The mean of x, A x, …, A^L x.</summary>
    public static double[,] LayerMean(double[,] ego, int layers)
    {
        double[,] sum = ego, layer = ego;
        for (int l = 0; l < layers; l++)
            sum = sum.Plus(layer = Adjacency.Product(layer));
        return sum.Map(v => v / (layers + 1));
    }

    /// <summary>The most similar other items by cosine, as many as there are above 0 and at most k.</summary>
    public static int[] Neighbors(double[,] features, int item, int k) =>
        [.. Enumerable.Range(0, Items).Where(j => j != item && Length(features, j) > 0 && Length(features, item) > 0)
            .Where(j => Cosine(features, item, features, j) > 0).OrderByDescending(j => Cosine(features, item, features, j)).Take(k)];

    /// <summary>The graph of FREEDOM and MGCN: an item and its k - 1 nearest, S_ij / sqrt(d_i d_j) with d the sums of rows.</summary>
    public static double[,] ItemGraph(double[,] features, int k, bool weighted)
    {
        double[,] similar = Make(Items, Items, (i, j) => i == j ? 1
            : !Neighbors(features, i, k - 1).Contains(j) ? 0 : weighted ? Cosine(features, i, features, j) : 1);
        double Degree(int item) => Sum(Items, j => similar[item, j]);
        return Make(Items, Items, (i, j) => similar[i, j] / Math.Sqrt(Degree(i) * Degree(j)));
    }

    public static double[,] Features(ModalFeatures features, int modality)
        => Matrix(features.Values[modality].data<float>().ToArray(), (int)features.Values[modality].shape[1]);

    private static double Normalized(int user, int item)
        => Has(user, item) ? 1 / Math.Sqrt(Pairs.Count(p => p.Item1 == user) * (double)Pairs.Count(p => p.Item2 == item)) : 0;

    private static ItemFeatures Features(Modality modality, int dimension, ulong seed, int missing)
    {
        float[] values = Samples.Floats(Items * dimension, seed);
        if (missing >= 0)
            values.AsSpan(missing * dimension, dimension).Clear();
        return new ItemFeatures(modality, Items, dimension, values);
    }
}
