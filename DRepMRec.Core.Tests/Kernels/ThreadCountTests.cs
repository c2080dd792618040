using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>
/// Functions with a gradient of their own, over enough rows that threads share them: the number of threads has no say in the bits.
/// </summary>
public sealed class ThreadCountTests
{
    private const int Rows = 5000;
    private const int Width = 24;

    private static readonly int[] Some = [.. Enumerable.Range(0, Rows).Select(n => n * 7919 % 1900)];

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static Dictionary<string, (int[][] Shapes, Func<Tensor[], Tensor> Compute)> Functions { get; } = new()
    {
        ["rows of a table"] = ([[Rows, Width]], x => x[0].SelectRows(Some)),
        ["rows of a table at length one"] = ([[Rows, Width]], x => x[0].SelectUnitRows(Some)),
        ["rows of length one"] = ([[Rows, Width]], x => x[0].NormalizeRows()),
        ["two lines at length one"] = ([[Rows, Width], [Rows, Width]], x => new Fusion.NormalizedConcatenation().Fuse(x[0], x[1], null)),
        ["rows or zeros"] = ([[Rows, Width]], x => MaskFunction.Apply(x[0], [.. Enumerable.Range(0, Rows).Select(n => n % 3f)])),
        ["mixture"] = ([[Rows, Width], [Rows, Width], [Rows, 1], [Rows, 1], [Rows, Width], [Rows, Width]],
            x => MixtureFunction.Apply(x[..2], x[2..4], x[4..])),
        ["attention"] = ([[Rows, Width], [1, Width]], x => AttentionFunction.Apply(x[0], x[1])),
        ["last rows of a leaf"] = ([[Rows, Width]], x => LeafBlockFunction.Apply(x[0], 4000, new LeafGradient()).Times(2)),
        ["product that packs many rows"] = ([[Rows, Width], [40, Width]], x => LinearFunction.Apply(x[0], x[1], null)),
        ["gate"] = ([[Rows, 64], [Rows, 64]], x => GateFunction.Apply(x[0], x[1])),
        ["filter gate"] = ([[64, Width], [64], [64, 64], [64]],
            x => FilterGateFunction.Apply(tensor(Samples.Floats(Rows * Width, 7), Rows, Width), Some, x[0], x[1], x[2], x[3])),
        ["linear layer"] = ([[Rows, Width], [40, Width], [40]], x => LinearFunction.Apply(x[0], x[1], x[2])),
        ["squares"] = ([[Rows, Width]], x => SquaredLengthFunction.Apply(x[0], [.. Enumerable.Range(0, Rows).Select(n => n % 5f)], 0.3)),
        ["BPR"] = ([[1900, Width], [Rows, Width]], x => RankingLoss.Bpr.Mean(x[0], x[1], Pairs(2, shared: false))),
        ["BPR with shared negatives"] = ([[1900, Width], [1900, Width]], x => RankingLoss.Bpr.Mean(x[0], x[1], Pairs(1, shared: true))),
        ["sampled softmax"] = ([[1900, Width], [Rows, Width], [300, Width]],
            x => ContrastiveLosses.SampledSoftmax(x[0], x[1], x[2], ExcludedPairs.Diagonal(300), 0.2, Some)),
        ["contrast in both directions"] = ([[700, Width], [700, Width]], x => ContrastiveLosses.InfoNce(x[0], x[1], 0.2)),
        ["similarity to a target"] = ([[700, Width]], x => SimilarityErrorFunction.Apply(x[0], ones(700, 700))),
        ["rows of a mean of three layers"] = ([[4000, Width]], x => Mean(x[0])),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_number_of_threads_gives_the_same_bits(string name)
    {
        var (shapes, compute) = Functions[name];
        float[][] Run(int threads)
        {
            using DisposeScope scope = NewDisposeScope();
            using Parallelism.Scope limit = Parallelism.Use(threads);
            Tensor[] x = [.. shapes.Select((shape, n) => Leaf(shape, (ulong)n + 1))];
            Tensor y = compute(x);
            Backpropagation.Run((y * tensor(Samples.Floats((int)y.numel(), 99)).reshape(y.shape)).sum());
            return [[.. y.detach().contiguous().data<float>()], .. x.Select(t => t.grad!.contiguous().data<float>().ToArray())];
        }

        float[][] one = Run(1);
        one.Should().OnlyContain(values => values.Any(v => v != 0), "otherwise nothing was compared");
        foreach (int threads in new[] { 2, 3, 8 })
        {
            float[][] other = Run(threads);
            for (int n = 0; n < one.Length; n++)
                other[n].AsSpan().SequenceEqual(one[n]).Should().BeTrue($"{threads} threads make what one makes, in part {n}");
        }
    }

    [Fact]
    public void Rows_that_a_table_lacks_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor table = zeros(4, 3);
        FluentActions.Invoking(() => table.SelectRows([0, 4])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*from 0 to 3*");
        FluentActions.Invoking(() => table.SelectUnitRows([-1])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Groups_have_the_places_of_each_row_in_the_order_of_the_list()
    {
        var groups = new RowGroups([2, 0, 2, 3, 2], 5);
        int[][] found = [.. Enumerable.Range(0, 5).Select(row => groups[row].ToArray())];
        found.Should().BeEquivalentTo(new int[][] { [1], [], [0, 2, 4], [3], [] }, options => options.WithStrictOrdering());
    }

    private static PairIndices Pairs(int negatives, bool shared)
    {
        int[] positives = [.. Enumerable.Range(0, Rows).Select(n => n * 31 % 1500)];
        int[] others = [.. Enumerable.Range(0, shared ? 30 : Rows * negatives).Select(n => n * 17 % 1500)];
        return new PairIndices(Some, positives, others, shared);
    }

    private static Tensor Mean(Tensor ego)
    {
        var random = new Random(5);
        int users = 2500, items = 1500;
        var train = Enumerable.Range(0, 20_000).Select(_ => (random.Next(users), random.Next(items))).Distinct().ToList();
        var graph = new InteractionGraph(new InteractionSet(users, items, train));
        int[] half = [.. Enumerable.Range(0, 1000)];
        var (mean, own) = new BatchPropagation().Apply(ego, graph.Adjacency, 3, users, new RowSet(half, half));
        return cat([mean.Users, mean.Items, own.Users, own.Items]);
    }

    private static Tensor Leaf(int[] shape, ulong seed)
        => tensor(Samples.Floats(shape.Aggregate(1, (a, b) => a * b), seed)).reshape([.. shape.Select(d => (long)d)])
            .clone().requires_grad_();
}
