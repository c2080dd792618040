using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>
/// What our kernels compute on the CPU, libtorch computes elsewhere: here both compute on the CPU, and have to agree within rounding.
/// </summary>
public sealed class OwnKernelsTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(12, 10);
    private static readonly CsrMatrix Adjacency = Board.Graph().Adjacency;

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static Dictionary<string, (int[][] Shapes, Func<Tensor[], Tensor> Compute)> Functions { get; } = new()
    {
        ["rows of length one"] = ([[9, 21]], x => x[0].NormalizeRows()),
        ["rows of a table"] = ([[9, 21]], x => x[0].SelectRows([3, 0, 3, 8])),
        ["rows of a table at length one"] = ([[9, 21]], x => x[0].SelectUnitRows([3, 0, 3, 8])),
        ["two lines at length one"] = ([[9, 21], [9, 21]], x => new Fusion.NormalizedConcatenation().Fuse(x[0], x[1], null)),
        ["two lines at length one, without behaviour in some rows"] = ([[9, 21], [9, 21]],
            x => new Fusion.NormalizedConcatenation().Fuse(x[0] * arange(9).sign().unsqueeze(1), x[1], null)),
        ["rows or zeros"] = ([[10, 12]],
            x => Board.Graph().KeepKnown(new UserItemEmbeddings(zeros(12, 12), x[0]), RowSet.All, 0.5, 3).Items),
        ["mixture"] = ([[9, 21], [9, 21], [9, 1], [9, 1], [9, 21], [9, 21]], x => MixtureFunction.Apply(x[..2], x[2..4], x[4..])),
        ["attention"] = ([[9, 21], [1, 21]], x => AttentionFunction.Apply(x[0], x[1])),
        ["last rows of a leaf"] = ([[9, 21]], x => LeafBlockFunction.Apply(x[0], 4, new LeafGradient()).Times(2)),
        ["gate"] = ([[9, 70], [9, 70]], x => GateFunction.Apply(x[0], x[1])),
        ["filter gate"] = ([[32, 9], [32], [32, 32], [32]], x => FilterGateFunction.Apply(Constant(70, 9), null, x[0], x[1], x[2], x[3])),
        ["filter gate of some rows"] = ([[32, 9], [32], [32, 32], [32]],
            x => FilterGateFunction.Apply(Constant(70, 9), [3, 69, 3, 0], x[0], x[1], x[2], x[3])),
        ["filter gate of another width"] = ([[5, 9], [5], [5, 5], [5]],
            x => FilterGateFunction.Apply(Constant(70, 9), [3, 69, 3, 0], x[0], x[1], x[2], x[3])),
        ["linear layer"] = ([[9, 7], [5, 7], [5]], x => LinearFunction.Apply(x[0], x[1], x[2])),
        ["linear layer without a bias"] = ([[9, 7], [5, 7]], x => LinearFunction.Apply(x[0], x[1], null)),
        ["product"] = ([[22, 12]], x => Adjacency.Propagate(x[0])),
        ["sum of products"] = ([[22, 12], [22, 12]], x => SparseProduct.Sum([(Adjacency, x[0]), (Adjacency, x[1])])),
        ["rows of a product"] = ([[22, 12]], x => Adjacency.PropagateRows(x[0], [3, 0, 21])),
        ["rows of a product with the end of a leaf"] = ([[30, 12]], x => Adjacency.PropagateRows(x[0], [3, 0, 21], new LeafGradient())),
        ["mean of no layers"] = ([[22, 12]], x => Adjacency.PropagateMean(x[0], 0)),
        ["mean of three layers"] = ([[22, 12]], x => Adjacency.PropagateMean(x[0], 3)),
        ["users and items apart"] = ([[22, 12]], x => Sum(Adjacency.PropagateMean(x[0], 2).Split(12))),
        ["rows of a mean of no layers"] = ([[22, 12]], x => Rows(x[0], 0, new RowSet([1, 5], [0, 7, 8]))),
        ["rows of a mean of one layer"] = ([[22, 12]], x => Rows(x[0], 1, new RowSet([1, 5], [0, 7, 8]))),
        ["rows of a mean of three layers"] = ([[22, 12]], x => Rows(x[0], 3, new RowSet([1, 5], [0, 7, 8]))),
        ["all rows of a mean"] = ([[22, 12]], x => Rows(x[0], 3, RowSet.All)),
        ["BPR"] = ([[4, 6], [5, 6]],
            x => RankingLoss.Bpr.Mean(x[0], x[1], new PairIndices([0, 2, 2], [1, 0, 3], [2, 2, 1, 4, 0, 4], false), 0.5)),
        ["BPR with shared negatives"] = ([[4, 6], [5, 6]],
            x => RankingLoss.Bpr.Mean(x[0], x[1], new PairIndices([0, 2, 2], [1, 0, 3], [2, 4], true))),
        ["sampled softmax"] = ([[5, 3], [5, 3], [7, 3]],
            x => ContrastiveLosses.SampledSoftmax(x[0], x[1], x[2], ExcludedPairs.Of(5, [(0, 0), (3, 6)]), 0.2)),
        ["sampled softmax of users with several rows"] = ([[3, 3], [5, 3], [7, 3]],
            x => ContrastiveLosses.SampledSoftmax(x[0], x[1], x[2], ExcludedPairs.Of(3, [(0, 0), (2, 6)]), 0.2, [0, 2, 2, 1, 0])),
        ["sampled softmax of rows of two tables"] = ([[3, 3], [5, 3]],
            x => ContrastiveLosses.SampledSoftmax(x[0], x[1], new PairIndices([0, 2, 2, 1], [4, 0, 4, 1], [3, 0, 3, 4], true),
                ExcludedPairs.Of(3, [(0, 3), (2, 1)]), 0.2)),
        ["sampled softmax of users that leave nothing out"] = ([[3, 3], [5, 3], [7, 3]],
            x => ContrastiveLosses.SampledSoftmax(x[0], x[1], x[2], ExcludedPairs.Diagonal(1), 0.2, [0, 2, 2, 1, 0])),
        ["contrast in both directions"] = ([[8, 5], [8, 5]], x => ContrastiveLosses.InfoNce(x[0], x[1], 0.2)),
        ["contrast in one direction"] = ([[8, 5], [8, 5]], x => ContrastiveLosses.InfoNceOneWay(x[0], x[1], 0.2)),
        ["similarity to features"] = ([[10, 6]], x => Similarity(x[0])),
        ["squares of ego embeddings"] = ([[12, 6], [10, 6]],
            x => DRepMRecModel.SquaredLength(new UserItemEmbeddings(x[0], x[1]), new TrainingBatch([0, 2, 2], [1, 0, 3], [2, 2, 1]).Whole)),
    };

    private static Tensor Constant(int rows, int columns) => tensor(Samples.Floats(rows * columns, 77), rows, columns);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Libtorch_has_the_same_value_and_gradients(string name)
    {
        Skip.If(OwnKernels.AreOff, LibtorchSide.Reason);
        using DisposeScope scope = NewDisposeScope();
        var (shapes, compute) = Functions[name];
        Tensor[] Run()
        {
            Tensor[] x = [.. shapes.Select((shape, n) => Leaf(shape, (ulong)n + 1))];
            Tensor y = compute(x);
            Backpropagation.Run((y * tensor(Samples.Floats((int)y.numel(), 99)).reshape(y.shape)).sum());
            return [y.detach(), .. x.Select(t => t.grad!.clone())];
        }

        Tensor[] own = Run(), other;
        using (OwnKernels.SwitchOff())
            other = Run();
        foreach (var (a, b) in own.Zip(other))
        {
            a.shape.Should().Equal(b.shape);
            a.allclose(b, 1e-4, 1e-6).Should().BeTrue($"the largest difference is {(a - b).abs().max().item<float>()}");
        }

        own.Skip(1).Should().OnlyContain(g => g.abs().sum().item<float>() > 0, "otherwise nothing was compared");
    }

    [SkippableFact]
    public void Libtorch_makes_the_same_steps_of_Adam()
    {
        Skip.If(OwnKernels.AreOff, LibtorchSide.Reason);
        using DisposeScope scope = NewDisposeScope();
        float[] Run()
        {
            var parameter = new Parameter(tensor(Samples.Floats(37, 1)).clone());
            using var adam = new AdamOptimizer([parameter], new AdamOptions { LearningRate = 0.01 });
            for (int step = 0; step < 4; step++)
            {
                adam.ZeroGradients();
                (parameter * parameter * tensor(Samples.Floats(37, 2))).sum().backward();
                adam.Step();
            }

            return [.. parameter.data<float>()];
        }

        float[] own = Run(), other;
        using (OwnKernels.SwitchOff())
            other = Run();
        for (int n = 0; n < own.Length; n++)
            own[n].Should().BeApproximately(other[n], 1e-6f);
    }

    [SkippableTheory]
    [InlineData("LightGCN")]
    [InlineData("DRepMRec")]
    [InlineData("FREEDOM")]
    [InlineData("MGCN")]
    [InlineData("VBPR")]
    public void A_training_without_our_kernels_has_the_losses_of_one_with_them(string name)
    {
        Skip.If(OwnKernels.AreOff, LibtorchSide.Reason);
        SyntheticOptions synthetic = new()
        {
            Users = 80,
            Items = 60,
            Clusters = 5,
            Modalities = [new(Modality.Image, 9), new(Modality.Text, 5)],
        };
        RecDataset data = SyntheticDataset.Create(synthetic).Data;
        using var features = new ModalFeatures(data.Features);
        DRepMRecOptions alone = new() { EmbeddingDim = 32, UseModalLine = false, Loss = new RankingLoss.Bpr() };
        double[] Losses()
        {
            using DRepMRecModel model = name switch
            {
                "LightGCN" => DRepMRecModel.Create(data, alone),
                "DRepMRec" => DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 32 }),
                "FREEDOM" => DRepMRecModel.Create(data, new FreedomEncoder(80, features, new() { EmbeddingDim = 32 }), alone),
                "MGCN" => DRepMRecModel.Create(data, new MgcnEncoder(80, features, new() { EmbeddingDim = 32 }), alone),
                _ => DRepMRecModel.Create(data, new VbprEncoder(80, features, new() { EmbeddingDim = 8 }), alone),
            };
            var means = new Means();
            new Trainer(model, data, new TrainerOptions { MaxEpochs = 2, BatchSize = 128 }).Fit(means);
            return [.. means.Values];
        }

        double[] own = Losses(), other;
        using (OwnKernels.SwitchOff())
            other = Losses();
        other.Should().HaveSameCount(own);
        own.Length.Should().BeGreaterThan(8);
        own.Should().NotEqual(other, "two ways of rounding are compared, not one with itself");

        // A gradient of next to nothing may have another sign, and Adam makes a whole step of it: hence more than single precision's 1e-7.
        for (int n = 0; n < own.Length; n++)
            other[n].Should().BeApproximately(own[n], 1e-4 * own[n], $"that is the mean loss after report {n}");
    }

    [SkippableFact]
    public void The_switch_is_for_what_is_called_within_it_alone()
    {
        Skip.If(OwnKernels.AreOff, LibtorchSide.Reason);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(1);
        OwnKernels.Run(x).Should().BeTrue();
        OwnKernels.Run(zeros(1, dtype: ScalarType.Float64)).Should().BeFalse();
        OwnKernels.Run(zeros(1, device: META)).Should().BeFalse();
        using (OwnKernels.SwitchOff())
        {
            OwnKernels.Run(x).Should().BeFalse();
            bool within = true, beside = false;
            Thread[] threads = [new(() => within = OwnKernels.Run(x)), new(() => beside = OwnKernels.Run(x))];
            threads[0].Start();
            threads[1].UnsafeStart();
            foreach (Thread thread in threads)
                thread.Join();
            within.Should().BeFalse("work that is shared between threads belongs to the scope");
            beside.Should().BeTrue("what runs beside isn't touched");
        }

        OwnKernels.Run(x).Should().BeTrue();
    }

    [Fact]
    public void On_the_other_side_too_rows_of_zeros_take_no_gradient_and_a_step_leaves_nothing_behind()
    {
        using IDisposable off = OwnKernels.SwitchOff();
        using (NewDisposeScope())
        {
            Tensor rows = zeros(2, 3, requires_grad: true);
            rows.NormalizeRows().sum().backward();
            rows.grad!.abs().sum().item<float>().Should().Be(0);
            FluentActions.Invoking(() => rows.SelectRows([2])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*from 0 to 1*");
        }

        LiveTensors.ShouldNotGrow(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Leaf([22, 12], 1);
            Adjacency.PropagateMean(x, 2).Plus(Adjacency.Propagate(x)).sum().Plus(Adjacency.PropagateRows(x, [3, 0]).sum()).backward();
        });
    }

    [Fact]
    public void Nothing_else_asks_whether_a_tensor_is_on_the_CPU()
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, "DRepMRec.Core"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Contains("obj") && File.ReadAllText(f).Contains("DeviceType.CPU"))
            .Select(Path.GetFileName).Should().BeEquivalentTo("OwnKernels.cs", "TorchBackend.cs", "Processor.cs");

    private static Tensor Leaf(int[] shape, ulong seed)
        => tensor(Samples.Floats(shape.Aggregate(1, (a, b) => a * b), seed)).reshape(
            [.. shape.Select(d => (long)d)]).clone().requires_grad_();

    private static Tensor Rows(Tensor ego, int layers, RowSet rows)
    {
        var (mean, own) = new BatchPropagation().Apply(ego, Adjacency, layers, 12, rows);
        return cat([mean.Users, mean.Items, own.Users, own.Items]);
    }

    private static Tensor Similarity(Tensor items)
    {
        using var features = new ModalFeatures(Board.Features);
        var signal = new SimilaritySupervisedSignal(new SssOptions { Weight = 1 });
        return signal.Compute(items, features, new TrainingBatch([0, 1, 2], [1, 4, 9], [0, 0, 0]).Whole);
    }

    private static Tensor Sum(UserItemEmbeddings tables) => tables.Users.sum([0]).Plus(tables.Items.sum([0]), 2);

    private sealed class Means : IProgress<TrainingProgress>
    {
        public List<double> Values { get; } = [];

        public void Report(TrainingProgress value) => Values.Add(value.Losses["loss"]);
    }

    [Theory]
    [InlineData(200f)]
    [InlineData(-200f)]
    public void A_mixture_by_large_scores_is_finite_in_both_ways(float score)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = randn(3, 8), gate = randn(3, 8);
        Tensor Mix() => MixtureFunction.Apply([rows, rows * 2], [full(3, 1, score), full(3, 1, score - 1)], [gate, gate]);
        float[] own = UserItemEmbeddings.Values(Mix());
        using IDisposable off = OwnKernels.SwitchOff();
        own.Zip(UserItemEmbeddings.Values(Mix())).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }
}
