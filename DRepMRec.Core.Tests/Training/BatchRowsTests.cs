using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>A training step computes only the rows that its batch needs: the same loss and gradients as computing all rows.</summary>
public sealed class BatchRowsTests
{
    // With cold items and, as some users have one item that the batch hides, users without any in the modal line.
    private static readonly RecDataset Data = SyntheticDataset.Create(new SyntheticOptions { Users = 60, Items = 50, Clusters = 5, MeanInteractions = 7, Modalities = [new(Modality.Image, 9), new(Modality.Text, 5)] }).Data;
    private static readonly ModalFeatures Features = new(Data.Features);
    private static readonly DRepMRecOptions Small = new() { EmbeddingDim = 16, Modal = new ModalEncoderOptions { Neighbors = 3 }, Loss = new RankingLoss.SampledSoftmax { Negatives = 12 }, SimilaritySignal = new SssOptions { Weight = 0.1 } };
    private static readonly DRepMRecOptions Alone = Small with { UseModalLine = false, Loss = new RankingLoss.Bpr { Negatives = 2 } };

    public static TheoryData<string> Models => [.. Variants.Keys];

    private static Dictionary<string, Func<DRepMRecModel>> Variants { get; } = new()
    {
        ["LightGCN of 0 layers"] = () => DRepMRecModel.Create(Data, Alone with { Layers = 0 }),
        ["LightGCN of 1 layer"] = () => DRepMRecModel.Create(Data, Alone with { Layers = 1 }),
        ["LightGCN"] = () => DRepMRecModel.Create(Data, Alone),
        ["LightGCN of 4 layers"] = () => DRepMRecModel.Create(Data, Alone with { Layers = 4 }),
        ["LightGCN, softmax"] = () => DRepMRecModel.Create(Data, Alone with { Loss = Small.Loss }),
        ["LightGCN, cosine BPR"] = () => DRepMRecModel.Create(Data, Alone with { Loss = new RankingLoss.Bpr { Score = ScoreFunction.Cosine } }),
        ["BPR-MF"] = () => DRepMRecModel.Create(Data, new MatrixFactorizationEncoder(60, 50, new() { EmbeddingDim = 16 }), Alone),
        ["VBPR"] = () => DRepMRecModel.Create(Data, new VbprEncoder(60, Features, new() { EmbeddingDim = 8 }), Alone),
        ["FREEDOM"] = () => DRepMRecModel.Create(Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16, Neighbors = 4 }), Alone),
        ["FREEDOM of 2 item layers"] = () => DRepMRecModel.Create(Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16, ItemLayers = 2 }), Alone),
        ["FREEDOM, shared negatives"] = () => DRepMRecModel.Create(Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16, ItemLayers = 0 }), Alone with { Loss = Small.Loss }),
        ["MGCN"] = () => DRepMRecModel.Create(Data, new MgcnEncoder(60, Features, new() { EmbeddingDim = 16, ContrastWeight = 0.1 }), Alone),
        ["MGCN + BMA with its own modal line"] = () => DRepMRecModel.Create(Data, new MgcnEncoder(60, Features, new() { EmbeddingDim = 16 }), Small with { UseHostModal = true }),
        ["FREEDOM + BMA"] = () => DRepMRecModel.Create(Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16 }), Small),
        ["DRepMRec"] = () => DRepMRecModel.Create(Data, Small),
        ["DRepMRec, BPR"] = () => DRepMRecModel.Create(Data, Small with { Loss = new RankingLoss.Bpr() }),
        ["targets not hidden"] = () => DRepMRecModel.Create(Data, Small with { HideTargets = false }),
        ["no relation graphs"] = () => DRepMRecModel.Create(Data, Small with { HideTargets = false, Modal = new ModalEncoderOptions { Neighbors = 0, Gate = FilterGateKind.None } }),
        ["two relation layers"] = () => DRepMRecModel.Create(Data, Small with { Modal = new ModalEncoderOptions { Neighbors = 2, RelationLayers = 2, KeepSelf = false, Weighting = ModalityWeighting.Learned } }),
        ["users among users"] = () => DRepMRecModel.Create(Data, Small with { Modal = new ModalEncoderOptions { Neighbors = 2, UserNeighbors = 3, Gate = FilterGateKind.Embedding } }),
        ["matched sum"] = () => DRepMRecModel.Create(Data, Small with { Alignment = new BmaOptions { Fusion = FusionKind.MatchedSum } }),
        ["normalized concatenation"] = () => DRepMRecModel.Create(Data, Small with { Alignment = new BmaOptions { Fusion = FusionKind.NormalizedConcatenation } }),
        ["other alignments"] = () => DRepMRecModel.Create(Data, Small with
        {
            Alignment = new BmaOptions { Intra = IntraAlignmentKind.AlignmentUniformity, Inter = InterAlignmentKind.MeanVariance, Fusion = FusionKind.LearnedGate, MaxEntities = 10 },
            SimilaritySignal = new SssOptions { Weight = 0.1, MaxItems = 8, Kind = SimilarityLossKind.CrossEntropy },
        }),
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_step_over_the_rows_of_a_batch_has_the_loss_and_the_gradients_of_one_over_all_rows(string variant) => Compare(Variants[variant], new BatchSampler(Data.Train, Variants[variant]().Loss, null, 64).Epoch(1).First());

    [Theory]
    [InlineData(FilterGateKind.Self, ModalityWeighting.Equal, true)]
    [InlineData(FilterGateKind.Embedding, ModalityWeighting.Learned, false)]
    [InlineData(FilterGateKind.None, ModalityWeighting.Fixed, true)]
    public void So_has_a_step_that_reaches_few_items(FilterGateKind gate, ModalityWeighting weighting, bool keepSelf)
    {
        DRepMRecOptions options = Small with
        {
            HideTargets = false,
            Modal = new ModalEncoderOptions { Neighbors = 2, Gate = gate, Weighting = weighting, FixedWeights = weighting == ModalityWeighting.Fixed ? [1, 2] : [], KeepSelf = keepSelf },
        };
        int user = Enumerable.Range(0, 60).MinBy(u => Data.Train.ItemsOf(u).Length);
        Compare(() => DRepMRecModel.Create(Data, options), new TrainingBatch([user, user], [.. Data.Train.ItemsOf(user)[..2]], [3, 9], sharedNegatives: true) { Known = Data.Train, Seed = 5 });
    }

    [Fact]
    public void Rows_are_distinct_and_ascend_and_places_lead_back_to_them()
    {
        using var batch = new TrainingBatch([70, 3, 70], [200, 64, 63], [64, 0, 5]);
        BatchRows rows = batch.Rows;
        rows.Users.Should().Equal(3, 70);
        rows.Items.Should().Equal(0, 5, 63, 64, 200);
        rows.Nodes(100).Should().Equal(3, 70, 100, 105, 163, 164, 300);
        rows.Local.UserIndices.ToArray().Should().Equal(1, 0, 1);
        rows.Local.PositiveIndices.ToArray().Should().Equal(4, 3, 2);
        rows.Local.NegativeIndices.ToArray().Should().Equal(3, 0, 1);
        rows.UserCounts().Should().Equal(1, 2);
        rows.ItemCounts().Should().Equal(1, 1, 1, 2, 1);
    }

    private static void Compare(Func<DRepMRecModel> create, TrainingBatch batch)
    {
        const double L2 = 0.01;
        using DRepMRecModel picked = create(), whole = create();
        using TrainingBatch current = batch;
        using DisposeScope scope = NewDisposeScope();
        picked.train();
        whole.train();
        StepLoss actual = StepLoss.Compute(picked, batch, L2);
        actual.Total.backward();

        ModelOutput output = whole.call(batch);
        Tensor expected = RankingLosses.Compute(whole.Loss, output.Embeddings, batch);
        foreach (LossTerm term in output.Terms)
            expected = expected.Plus(term.Value, term.Weight);
        if (whole.BehaviorEncoder is IEgoEmbeddings ego)
            expected = expected.Plus(StepLoss.SquaredLength(ego.Ego, batch), L2);
        expected.backward();

        actual.Total.item<float>().Should().BeApproximately(expected.item<float>(), 1e-5f * Math.Max(1, Math.Abs(expected.item<float>())));
        output.Terms.Select(t => t.Name).Should().BeSubsetOf(actual.Values.Keys);
        foreach (var ((name, own), (_, other)) in picked.named_parameters().Zip(whole.named_parameters()))
        {
            (own.grad is null).Should().Be(other.grad is null, name);
            if (own.grad is not null)
                own.grad.allclose(other.grad!, 1e-3, 2e-6).Should().BeTrue($"that is the gradient of {name}; the largest difference is {(own.grad - other.grad!).abs().max().item<float>()}");
        }
    }
}
