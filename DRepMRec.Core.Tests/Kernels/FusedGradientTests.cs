using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using static DRepMRec.Tests.Support.Slow;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>
/// Every function with a gradient of its own against its formula in double precision, and its gradient against differences.
/// </summary>
public sealed class FusedGradientTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(6, 7);
    private static readonly CsrMatrix Adjacency = Board.Graph().Adjacency;
    private static readonly double[,] Normalized = Adjacent(Board.Train);

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static Dictionary<string, (int[][] Shapes, Func<Tensor[], Tensor> Own, Func<double[][,], double[,]> Slow)> Functions { get; }
        = new()
        {
            ["rows of length one"] = ([[5, 19]], x => x[0].NormalizeRows(), x => x[0].Units()),
            ["rows of a table"] = ([[6, 19]], x => x[0].SelectRows([3, 0, 3, 5]), x => x[0].Select(3, 0, 3, 5)),
            ["rows of a table at length one"] = ([[6, 19]],
                x => x[0].SelectUnitRows([3, 0, 3, 5, 3]), x => x[0].Units().Select(3, 0, 3, 5, 3)),
            ["rows or zeros"] = ([[4, 5]], x => MaskFunction.Apply(x[0], [1, 0, 2, 0]),
            x => Make(4, 5, (r, c) => r % 2 == 0 ? x[0][r, c] : 0)),
            ["two lines at length one"] = ([[4, 5], [4, 5]],
            x => new Fusion.NormalizedConcatenation { ModalWeight = 0.7 }.Fuse(x[0], x[1], null),
            x => Beside(x[0].Units(), x[1].Units().Map(v => 0.7 * v))),
            ["mixture of two"] = Mixture(2),
            ["mixture of three"] = Mixture(3),
            ["attention"] = ([[5, 19], [1, 19]], x => AttentionFunction.Apply(x[0], x[1]), x => Linear(x[0].Map(Math.Tanh), x[1], null)),
            ["last rows of a leaf"] = ([[5, 4]], x => LeafBlockFunction.Apply(x[0], 3, new LeafGradient()).Times(2),
            x => x[0].Select(2, 3, 4).Map(v => 2 * v)),
            ["gate"] = ([[3, 21], [3, 21]], x => GateFunction.Apply(x[0], x[1]), x => Gate(x[0], x[1])),
            ["filter gate"] = FilterGate(null, 32),
            ["filter gate of some rows"] = FilterGate([3, 69, 3, 0], 32),
            ["filter gate of another width"] = FilterGate([3, 69, 3, 0], 5),
            ["linear layer"] = ([[9, 3], [5, 3], [1, 5]], x => LinearFunction.Apply(x[0], x[1], x[2].squeeze(0)),
            x => Linear(x[0], x[1], x[2])),
            ["linear layer to fewer"] = ([[9, 5], [3, 5]], x => LinearFunction.Apply(x[0], x[1], null), x => Linear(x[0], x[1], null)),
            ["product"] = ([[13, 5]], x => Adjacency.Propagate(x[0]), x => Normalized.Product(x[0])),
            ["sum of products"] = ([[13, 5], [13, 5]], x => SparseProduct.Sum([(Adjacency, x[0]), (Adjacency, x[1])]),
            x => Normalized.Product(x[0].Plus(x[1]))),
            ["rows of a product"] = ([[13, 5]],
                x => Adjacency.PropagateRows(x[0], [3, 0, 12]), x => Normalized.Product(x[0]).Select(3, 0, 12)),
            ["rows of a product with the end of a leaf"] = ([[15, 5]], x => Adjacency.PropagateRows(x[0], [3, 0, 12], new LeafGradient()),
            x => Normalized.Product(x[0].Select([.. Enumerable.Range(2, 13)])).Select(3, 0, 12)),
            ["mean of three layers"] = ([[13, 5]], x => Adjacency.PropagateMean(x[0], 3), x => Mean(x[0], 3)),
            ["rows of a mean of no layers"] = Rows(0),
            ["rows of a mean of one layer"] = Rows(1),
            ["rows of a mean of three layers"] = Rows(3),
            ["BPR"] = Bpr(6, shared: false, 1),
            ["BPR over a temperature"] = Bpr(19, shared: false, 0.3),
            ["BPR with shared negatives"] = Bpr(6, shared: true, 0.7),
            ["BPR with weights"] = Bpr(6, shared: false, 1, [0.5f, 2, 0.25f, 1.25f]),
            ["sampled softmax of users with several rows"] = Softmax(3, 0.25),
            ["sampled softmax of wide rows"] = Softmax(19, 0.4),
            ["sampled softmax with weights"] = Softmax(3, 0.25, [0.5f, 2, 0.25f, 1.25f]),
            ["sampled softmax where nothing is left but the positive"] = (
            [[2, 3], [3, 3]],
            x => ContrastiveLosses.SampledSoftmax(
                x[0], x[1], new PairIndices([0, 1], [1, 2], [0, 1], true), ExcludedPairs.Of(2, [(0, 0), (0, 1)]), 0.5),
            x => Scalar(Surprise(Dot(x[0], 1, x[1], 2) / 0.5, [Dot(x[0], 1, x[1], 0) / 0.5, Dot(x[0], 1, x[1], 1) / 0.5]) / 2)),
            ["contrast in both directions"] = ([[8, 5], [8, 5]], x => ContrastiveLosses.InfoNce(x[0], x[1], 0.2),
            x => Scalar((Contrast(x[0], x[1], 0.2) + Contrast(x[1], x[0], 0.2)) / 2)),
            ["contrast in one direction"] = ([[8, 5], [8, 5]], x => ContrastiveLosses.InfoNceOneWay(x[0], x[1], 0.2),
            x => Scalar(Contrast(x[0], x[1], 0.2))),
            ["error of similarities"] = ([[7, 5]], x => SimilarityErrorFunction.Apply(x[0], Target(7)),
            x => Scalar(Sum(49, n => Math.Pow(Dot(x[0], n / 7, x[0], n % 7) - ((n / 7) + (n % 7)) / 10.0, 2)) / 49)),
            ["squares"] = ([[5, 19]], x => SquaredLengthFunction.Apply(x[0], [1, 0, 3, 1, 2], 0.3),
            x => Scalar(0.3 * Sum(5, n => new[] { 1, 0, 3, 1, 2 }[n] * Dot(x[0], n, x[0], n)))),
            ["squares of ego embeddings"] = ([[6, 5], [7, 5]],
            x => DRepMRecModel.SquaredLength(new UserItemEmbeddings(x[0], x[1]), new TrainingBatch([0, 2, 2], [1, 0, 3], [2, 2, 1]).Whole),
            x => Scalar(
                (Sum(3, n => Square(x[0], new[] { 0, 2, 2 }[n])) + Sum(6, n => Square(x[1], new[] { 1, 0, 3, 2, 2, 1 }[n]))) / 6)),
            ["scores of columns"] = ([[3, 20], [4, 20]],
            x => ColumnScoresFunction.Apply(x[0], x[1], new ScoredPairs([0, 2, 2], [1, 3, 1], Squares: true),
                new ColumnPartition(InProcessCollective.Create(1)[0], 20)),
            x => Make(1, 10, (_, n) => n < 3 ? Dot(x[0], new[] { 0, 2, 2 }[n], x[1], new[] { 1, 3, 1 }[n])
                : n < 6 ? Square(x[0], n - 3) : Square(x[1], n - 6))),
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_gradients_are_those_of_the_formula(string name)
    {
        var (shapes, own, slow) = Functions[name];
        SlowGradients.Check([.. shapes.Select((s, n) => Matrix(Samples.Floats(s[0] * s[1], (ulong)n + 1), s[1]))], own, slow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wins_and_losses_by_any_margin_have_the_slope_of_bpr(bool shared)
    {
        foreach (double margin in new[] { -60.0, -9, -1, -1e-3, 1e-3, 1, 9, 60 })
        {
            var pairs = new PairIndices([0], [0], [1], shared);
            SlowGradients.Check(
                [new[,] { { margin } }, new double[,] { { 1 }, { 0 } }], x => BprFunction.Apply(x[0], x[1], pairs),
                x => Scalar(margin < -30 ? -Margin(x) : -LogSigmoid(Margin(x))), 1e-6);
        }

        static double Margin(double[][,] x) => x[0][0, 0] * (x[1][0, 0] - x[1][1, 0]);
    }

    [Fact]
    public void A_row_of_zeros_takes_the_modal_row_in_its_place_and_sends_its_slope_there()
    {
        double[,] behavior = Matrix(Samples.Floats(20, 1), 5), modal = Matrix(Samples.Floats(20, 2), 5);
        for (int d = 0; d < 5; d++)
            behavior[2, d] = 0;
        var fusion = new Fusion.NormalizedConcatenation { ModalWeight = 0.7 };
        SlowGradients.Check(
            [modal], x => fusion.Fuse(SlowGradients.ToTensor(behavior), x[0], null),
            x => Beside(Make(4, 5, (r, c) => r == 2 ? x[0].Units()[r, c] : behavior.Units()[r, c]), x[0].Units().Map(v => 0.7 * v)));
    }

    private static (int[][], Func<Tensor[], Tensor>, Func<double[][,], double[,]>) Mixture(int parts)
        => ([.. Enumerable.Range(0, 3 * parts).Select(n => new[] { 4, n / parts == 1 ? 1 : 5 })],
            x => MixtureFunction.Apply(x[..parts], x[parts..(2 * parts)], x[(2 * parts)..]),
            x => Make(4, 5, (r, c) =>
            {
                double all = Sum(parts, m => Math.Exp(x[parts + m][r, 0]));
                double shared = Sum(parts, m => Math.Exp(x[parts + m][r, 0]) / all * x[m][r, c]);
                return (shared + Sum(parts, m => (x[m][r, c] - shared) * Sigmoid(x[(2 * parts) + m][r, c]))) / (parts + 1);
            }));

    private static (int[][], Func<Tensor[], Tensor>, Func<double[][,], double[,]>) FilterGate(int[]? rows, int width)
    {
        double[,] features = Matrix(Samples.Floats(70 * 4, 77), 4), chosen = rows is null ? features : features.Select(rows);
        return ([[width, 4], [1, width], [width, width], [1, width]],
            x => FilterGateFunction.Apply(SlowGradients.ToTensor(features), rows, x[0], x[1].squeeze(0), x[2], x[3].squeeze(0)).Times(0.2),
            x => Linear(chosen, x[0], x[1]) is var p ? Gate(p, Linear(p, x[2], x[3])).Map(v => 0.2 * v) : p);
    }

    private static (int[][], Func<Tensor[], Tensor>, Func<double[][,], double[,]>) Rows(int layers)
        => ([[13, 5]],
            x =>
            {
                var (mean, own) = new BatchPropagation().Apply(x[0], Adjacency, layers, 6, new RowSet([1, 5], [0, 3, 6]));
                return cat([mean.Users, mean.Items, own.Users, own.Items]);
            },
            x => Over(Mean(x[0], layers).Select(1, 5, 6, 9, 12), x[0].Select(1, 5, 6, 9, 12)));

    private static (int[][], Func<Tensor[], Tensor>, Func<double[][,], double[,]>) Bpr(
        int width, bool shared, double temperature, float[]? weights = null)
    {
        int[] users = [0, 2, 2, 3], positives = [1, 0, 3, 3], negatives = shared ? [2, 4, 2] : [2, 2, 1, 4, 0, 4, 4, 1];
        return ([[4, width], [5, width]],
            x => BprFunction.Apply(x[0], x[1], new PairIndices(users, positives, negatives, shared) { Factors = weights }, temperature),
            x =>
            {
                int each = shared ? negatives.Length : negatives.Length / users.Length;
                return Scalar(-Sum(users.Length, b => (weights?[b] ?? 1) * Sum(each, k =>
                {
                    int negative = negatives[shared ? k : (b * each) + k];
                    return LogSigmoid((Dot(x[0], users[b], x[1], positives[b]) - Dot(x[0], users[b], x[1], negative)) / temperature);
                })) / (users.Length * each));
            }
        );
    }

    private static (int[][], Func<Tensor[], Tensor>, Func<double[][,], double[,]>) Softmax(
        int width, double temperature, float[]? weights = null)
    {
        // Users 2 repeats, so do negative 3 and item 4, which is a positive and a negative; users 0 and 2 leave some negatives out.
        int[] users = [0, 2, 2, 1], positives = [4, 0, 4, 1], negatives = [3, 0, 3, 4];
        (int User, int Place)[] excluded = [(0, 3), (2, 1), (2, 3)];
        return ([[3, width], [5, width]],
            x => ContrastiveLosses.SampledSoftmax(
                x[0], x[1], new PairIndices(users, positives, negatives, true) { Factors = weights },
                ExcludedPairs.Of(3, excluded), temperature),
            x => Scalar(Sum(4, b => (weights?[b] ?? 1) * Surprise(
                Dot(x[0], users[b], x[1], positives[b]) / temperature,
                Enumerable.Range(0, 4).Where(n => !excluded.Contains((users[b], n)))
                    .Select(n => Dot(x[0], users[b], x[1], negatives[n]) / temperature))) / 4));
    }

    private static double[,] Gate(double[,] a, double[,] b) => Make(a.Rows(), a.Columns(), (r, c) => a[r, c] * Sigmoid(b[r, c]));

    private static double Square(double[,] x, int row) => Dot(x, row, x, row);

    private static double[,] Mean(double[,] ego, int layers)
    {
        double[,] sum = ego, layer = ego;
        for (int l = 0; l < layers; l++)
            sum = sum.Plus(layer = Normalized.Product(layer));
        return sum.Map(v => v / (layers + 1));
    }

    private static Tensor Target(int count) => SlowGradients.ToTensor(Make(count, count, (r, c) => (r + c) / 10.0));

    /// <summary>D^(-1/2) A D^(-1/2) of users and items.</summary>
    private static double[,] Adjacent(InteractionSet train)
    {
        int users = train.UserCount, nodes = users + train.ItemCount;
        double[,] a = Make(nodes, nodes, (r, c) => r < users && c >= users && train.Contains(r, c - users) ? 1 : 0);
        a = a.Plus(a.Transposed());
        double Degree(int node) => Sum(nodes, other => a[node, other]);
        return Make(nodes, nodes, (r, c) => a[r, c] == 0 ? 0 : a[r, c] / Math.Sqrt(Degree(r) * Degree(c)));
    }
}
