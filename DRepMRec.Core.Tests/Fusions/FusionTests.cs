using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Fusions;
using DRepMRec.Kernels;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using ReproduceResults.Studies;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Fusions;

/// <summary>Every fusion: its formula, and that serving rebuilds its rows from what it exports.</summary>
public sealed class FusionTests
{
    private static readonly Fusion[] All =
    [
        new Fusion.Sum { ModalWeight = 0.3 }, new Concatenation { ModalWeight = 0.3 },
        new Fusion.NormalizedConcatenation { ModalWeight = 0.3 }, new LearnedGate(), new BehaviorMinusModal(),
        new NormalizedSum { ModalWeight = 0.3, ColdModalWeight = 0.8 }, new MatchedSum { ModalWeight = 0.3 },
    ];

    public static TheoryData<string> Names => [.. All.Select(f => f.GetType().Name)];

    public static TheoryData<string> Sums => [.. All.Where(f => f is not LearnedGate).Select(f => f.GetType().Name)];

    public static Fusion Create(string name) => All.Single(f => f.GetType().Name == name);

    private static UserItemEmbeddings Line(ulong seed)
        => new(tensor(Samples.Floats(4 * 3, seed), 4, 3), tensor(Samples.Floats(5 * 3, seed + 1), 5, 3));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fusion_is_what_its_name_says(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        const double W = 0.3;
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { Fusion = Create(name) });
        UserItemEmbeddings b = Line(1), m = Line(3);
        AlignmentResult result = bma.call(b, m, null);
        result.Terms.Should().BeEmpty("there is no batch");
        result.Loss.item<float>().Should().Be(0);
        result.Fused.Dimension.Should().Be(bma.EmbeddingDim);
        Tensor? expected = name switch
        {
            nameof(Fusion.Sum) => b.Items.Plus(m.Items, W),
            nameof(Concatenation) => cat([b.Items, m.Items.Times(W)], 1),
            nameof(NormalizedSum) => b.Items.NormalizeRows().Plus(m.Items.NormalizeRows(), W),
            nameof(Fusion.NormalizedConcatenation) => cat([b.Items.NormalizeRows(), m.Items.NormalizeRows().Times(W)], 1),
            nameof(MatchedSum) => b.Items.Plus(m.Items.NormalizeRows() * b.Items.norm(1, false, 2).mean(), W),
            nameof(BehaviorMinusModal) => b.Items.Plus(m.Items, -W),
            _ => null,
        };
        if (expected is not null)
            result.Fused.Items.allclose(expected).Should().BeTrue();
        else
            Between(result.Fused.Items, b.Items, m.Items).Should().BeTrue("a gate mixes the two");
    }

    [Fact]
    public void Where_there_is_no_behavior_the_normalized_sum_is_the_modal_row_by_the_cold_weight()
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings b = Line(1), m = Line(3);
        Tensor kept = tensor(new float[] { 1, 0, 1, 1, 1 }, 5, 1);
        Tensor fused = Create(nameof(NormalizedSum)).Fuse(b.Items * kept, m.Items, null);
        fused[1].allclose(m.Items.NormalizeRows()[1].Times(0.8)).Should().BeTrue();
        fused[2].allclose(b.Items.NormalizeRows()[2].Plus(m.Items.NormalizeRows()[2], 0.3)).Should().BeTrue();
    }

    [Fact]
    public void Where_there_is_no_behavior_the_modal_row_stands_in_for_it_in_the_normalized_concatenation()
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings b = Line(1), m = Line(3);
        Tensor kept = tensor(new float[] { 1, 0, 1, 1, 1 }, 5, 1), unit = m.Items.NormalizeRows();
        Tensor fused = Create(nameof(Fusion.NormalizedConcatenation)).Fuse(b.Items * kept, m.Items, null);
        fused[1].allclose(cat([unit[1], unit[1].Times(0.3)])).Should().BeTrue();
        fused[2].allclose(cat([b.Items.NormalizeRows()[2], unit[2].Times(0.3)])).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Sums))]
    public void Serving_rebuilds_fused_rows_from_what_the_fusion_exports_also_where_there_is_no_behavior(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Fusion fusion = Create(name);
        UserItemEmbeddings b = Line(1), first = Line(3), second = Line(5);
        b = b with { Items = b.Items * tensor(new float[] { 1, 0, 1, 1, 1 }, 5, 1) };
        FusionForm form = fusion.Export(b)!;
        form.Dimension(3).Should().Be(fusion.Dimension(3));
        foreach (bool isUser in new[] { true, false })
        {
            Tensor Side(UserItemEmbeddings line) => isUser ? line.Users : line.Items;
            float[] Row(Tensor rows, int row) => rows[row].data<float>().ToArray();
            Tensor fused = fusion.Fuse(Side(b), Side(first).Plus(Side(second)), null);
            for (int row = 0; row < fused.shape[0]; row++)
            {
                float[][] parts = form.Parts(Row(Side(b), row), [Row(Side(first), row), Row(Side(second), row)], isUser);
                float[] sum = [.. Enumerable.Range(0, fusion.Dimension(3)).Select(d => parts.Sum(p => p[d]))];
                sum.Should().Equal(Row(fused, row), (x, y) => MathF.Abs(x - y) < 1e-5f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sums))]
    public void A_row_of_a_line_is_added_by_a_factor_as_the_sum_of_its_parts(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings b = Line(1);
        float[] none = [0, 0, 0], behavior = [0.5f, -2, 1];
        float[][] modal = [[0.2f, 0.3f, -0.4f], [1, -0.6f, 0.1f]], empty = [none, none];
        foreach (FusionForm form in new[]
        {
            Create(name).Export(b)!,
            Create(name).Export(b)! with { ColdModalFactor = 0.7, UserModalScale = 2, ItemModalScale = 3, BehaviorFactor = 1.5 },
        })
        {
            foreach (bool isUser in new[] { true, false })
            {
                foreach (float[] row in new[] { none, behavior })
                {
                    foreach (float[][] rows in new[] { modal, empty })
                    {
                        float[] target = [.. Enumerable.Range(1, form.Dimension(3)).Select(n => (float)n)];
                        float[] room = [9, 9, 9, 9, 9, 9, 9];
                        form.AddTo(row, rows, isUser, 0.25f, room, target);
                        float[][] parts = form.Parts(row, rows, isUser);
                        target.Should().Equal(Enumerable.Range(1, target.Length).Select(n => n + 0.25f * parts.Sum(p => p[n - 1])),
                            (x, y) => MathF.Abs(x - y) < 1e-5f);
                    }
                }
            }
        }
    }

    [Fact]
    public void Libtorch_computes_the_normalized_concatenation_as_our_kernel_does()
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings b = Line(1), m = Line(3);
        Tensor behavior = b.Items * tensor(new float[] { 1, 0, 1, 1, 1 }, 5, 1);
        Fusion fusion = Create(nameof(Fusion.NormalizedConcatenation));
        Tensor expected = fusion.Fuse(behavior, m.Items, null);
        using IDisposable libtorch = OwnKernels.SwitchOff();
        fusion.Fuse(behavior, m.Items, null).allclose(expected).Should().BeTrue();
    }

    [Fact]
    public void The_weights_of_a_fusion_are_saved_and_trained()
    {
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { Fusion = Create(nameof(LearnedGate)) });
        bma.named_parameters().Select(p => p.name).Should().Equal("fusion.weight", "fusion.bias");
    }

    [Fact]
    public void Fusions_of_the_library_fuse_row_by_row()
        => All.Where(f => f.GetType().DeclaringType == typeof(Fusion)).Should().HaveCount(2).And.OnlyContain(f => f.FusesByRow);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_that_a_fusion_gives_back_stays_its_owners(bool isModal)
    {
        using var bma = new BehaviorModalAlignment(2, new BmaOptions { Fusion = new OneLine { IsModal = isModal } });
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings behavior = new(ones(3, 2), ones(4, 2)), modal = new(zeros(3, 2), zeros(4, 2));
        using (NewDisposeScope())
            UserItemEmbeddings.Values(bma.call(behavior, modal, null).Fused.Users).Should().AllBeEquivalentTo(isModal ? 0f : 1f);
        UserItemEmbeddings.Values(behavior.Users).Should().AllBeEquivalentTo(1f);
        UserItemEmbeddings.Values(modal.Items).Should().AllBeEquivalentTo(0f);
        scope.DisposablesCount.Should().Be(4);
    }

    [Fact]
    public void A_fusion_that_the_library_does_not_know_is_trained_saved_and_explained()
    {
        RecDataset board = Samples.Checkerboard(40, 30);
        var options = new DRepMRecOptions
        {
            EmbeddingDim = 8,
            Alignment = new BmaOptions { Fusion = new BehaviorMinusModal { Share = 0.2 } },
        };
        using var model = DRepMRecModel.Create(board, options);
        TrainingReport report = new Trainer(
            model, board, new TrainerOptions { MaxEpochs = 20, BatchSize = 64, Adam = new AdamOptions { LearningRate = 0.01 } }).Fit();
        report.EvaluateTest()[RankingMetric.Recall(20)].Should().BeGreaterThan(0.9);
        using var folder = new TempFolder();
        report.BuildRecommender().Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"]);
        loaded.Manifest.Options["Alignment.Fusion"].Should().Be(nameof(BehaviorMinusModal));
        loaded.Manifest.Options["Alignment.Fusion.Share"].Should().Be("0.2");
        Explanation why = loaded.Explain(board.Users[0], board.Items[0])!;
        (why.Behavior!.Value + why.Modalities.Values.Sum()).Should().BeApproximately(why.Score, 1e-5f);
        loaded.FeatureDimensions.Should().NotBeEmpty("new items are fused as the known ones are");
    }

    private static bool Between(Tensor x, Tensor a, Tensor b) => (x.ge(minimum(a, b)) & x.le(maximum(a, b))).all().item<bool>();

    /// <summary>A fusion that leaves a line out.</summary>
    private sealed record OneLine : Fusion
    {
        public bool IsModal { get; init; }

        public override int Dimension(int lineDimension) => lineDimension;

        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => IsModal ? modal : behavior;
    }

    /// <summary>A fusion of the user's own, in one file: behaviour less a share of the modal row.</summary>
    private sealed record BehaviorMinusModal : Fusion
    {
        public double Share { get; init; } = 0.3;

        public override int Dimension(int lineDimension) => lineDimension;

        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => behavior.Plus(modal, -Share);

        public override FusionForm Export(UserItemEmbeddings behavior) => new() { ModalFactor = -Share };
    }
}
