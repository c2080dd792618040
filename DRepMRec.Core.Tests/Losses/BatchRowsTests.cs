using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using ReproduceResults.Studies;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

/// <summary>A training step computes only the rows that its batch needs: the same loss and gradients as computing all rows.</summary>
public sealed class BatchRowsTests
{
    // With cold items and, as some users have one item that the batch hides, users without any in the modal line.
    private static readonly RecDataset Data = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 60,
        Items = 50,
        Clusters = 5,
        MeanInteractions = 7,
        Modalities = [new(Modality.Image, 9), new(Modality.Text, 5)],
    }).Data;
    private static readonly ModalFeatures Features = new(Data.Features);
    private static readonly DRepMRecOptions Small = new()
    {
        EmbeddingDim = 16,
        Modal = new ModalEncoderOptions { Neighbors = 3 },
        Loss = new RankingLoss.SampledSoftmax { Negatives = 12 },
        SimilaritySignal = new SssOptions { Weight = 0.1 },
    };
    private static readonly DRepMRecOptions Alone = Small with { UseModalLine = false, Loss = new RankingLoss.Bpr { Negatives = 2 } };

    public static TheoryData<string> Models => [.. Variants.Keys];

    private static Dictionary<string, Func<DRepMRecModel>> Variants { get; } = new()
    {
        ["LightGCN of 0 layers"] = () => DRepMRecModel.Create(Data, Alone with { Layers = 0 }),
        ["LightGCN of 1 layer"] = () => DRepMRecModel.Create(Data, Alone with { Layers = 1 }),
        ["LightGCN"] = () => DRepMRecModel.Create(Data, Alone),
        ["LightGCN of 4 layers"] = () => DRepMRecModel.Create(Data, Alone with { Layers = 4 }),
        ["LightGCN, softmax"] = () => DRepMRecModel.Create(Data, Alone with { Loss = Small.Loss }),
        ["LightGCN, cosine BPR"] = () => DRepMRecModel.Create(
            Data, Alone with { Loss = new RankingLoss.Bpr { Score = ScoreFunction.Cosine } }),
        ["BPR-MF"] = () => DRepMRecModel.Create(Data, new MatrixFactorizationEncoder(60, 50, new() { EmbeddingDim = 16 }), Alone),
        ["VBPR"] = () => DRepMRecModel.Create(Data, new VbprEncoder(60, Features, new() { EmbeddingDim = 8 }), Alone),
        ["FREEDOM"] = () => DRepMRecModel.Create(Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16, Neighbors = 4 }), Alone),
        ["FREEDOM of 2 item layers"] = () => DRepMRecModel.Create(
            Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16, ItemLayers = 2 }), Alone),
        ["FREEDOM, shared negatives"] = () => DRepMRecModel.Create(
            Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16, ItemLayers = 0 }), Alone with { Loss = Small.Loss }),
        ["MGCN"] = () => DRepMRecModel.Create(
            Data, new MgcnEncoder(60, Features, new() { EmbeddingDim = 16, ContrastWeight = 0.1 }), Alone),
        ["MGCN + BMA with its own modal line"] = () => DRepMRecModel.Create(
            Data, new MgcnEncoder(60, Features, new() { EmbeddingDim = 16 }), Small with { UseHostModal = true }),
        ["FREEDOM + BMA"] = () => DRepMRecModel.Create(Data, new FreedomEncoder(60, Features, new() { EmbeddingDim = 16 }), Small),
        ["DRepMRec"] = () => DRepMRecModel.Create(Data, Small),
        ["DRepMRec, BPR"] = () => DRepMRecModel.Create(Data, Small with { Loss = new RankingLoss.Bpr() }),
        ["targets not hidden"] = () => DRepMRecModel.Create(Data, Small with { HideTargets = false }),
        ["no relation graphs"] = () => DRepMRecModel.Create(
            Data, Small with { HideTargets = false, Modal = new ModalEncoderOptions { Neighbors = 0, Gate = FilterGateKind.None } }),
        ["users among users"] = () => DRepMRecModel.Create(
            Data, Small with { Modal = new ModalEncoderOptions { Neighbors = 2, UserNeighbors = 3 } }),
        ["neighbours alone"] = () => DRepMRecModel.Create(
            Data, Small with { Modal = new ModalEncoderOptions { Neighbors = 2, KeepSelf = false, ModalityWeights = [1, 2] } }),
        ["matched sum"] = () => DRepMRecModel.Create(Data, Small with { Alignment = new BmaOptions { Fusion = new MatchedSum() } }),
        ["normalized concatenation"] = () => DRepMRecModel.Create(
            Data, Small with { Alignment = new BmaOptions { Fusion = new Fusion.NormalizedConcatenation() } }),
        ["a gate and a signal"] = () => DRepMRecModel.Create(Data, Small with
        {
            Alignment = new BmaOptions
            {
                Fusion = new LearnedGate(),
                MaxEntities = 10,
            },
            SimilaritySignal = new SssOptions { Weight = 0.1, MaxItems = 8 },
        }),
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_step_over_the_rows_of_a_batch_has_the_loss_and_the_gradients_of_one_over_all_rows(string variant)
        => Compare(Variants[variant], new BatchSampler(Data.Train, Variants[variant]().Loss, null, 64).Epoch(1).First());

    [Theory]
    [InlineData(FilterGateKind.Self, false)]
    [InlineData(FilterGateKind.Self, true)]
    [InlineData(FilterGateKind.None, true)]
    public void So_has_a_step_that_reaches_few_items(FilterGateKind gate, bool isWeighted)
    {
        DRepMRecOptions options = Small with
        {
            HideTargets = false,
            Modal = new ModalEncoderOptions
            {
                Neighbors = 2,
                Gate = gate,
                ModalityWeights = isWeighted ? [1, 2] : [],
            },
        };
        int user = Enumerable.Range(0, 60).MinBy(u => Data.Train.ItemsOf(u).Length);
        var batch = new TrainingBatch([user, user], [.. Data.Train.ItemsOf(user)[..2]], [3, 9], sharedNegatives: true)
        {
            Known = Data.Train,
            Seed = 5,
        };
        Compare(() => DRepMRecModel.Create(Data, options), batch);
    }

    [Fact]
    public void Rows_are_distinct_and_ascend_and_places_lead_back_to_them()
    {
        BatchRows rows = new TrainingBatch([70, 3, 70], [200, 64, 63], [64, 0, 5]).Compact;
        rows.Rows.Users.ToArray().Should().Equal(3, 70);
        rows.Rows.Items.ToArray().Should().Equal(0, 5, 63, 64, 200);
        rows.Rows.Nodes(100).Should().Equal(3, 70, 100, 105, 163, 164, 300);
        rows.Users.ToArray().Should().Equal(1, 0, 1);
        rows.Positives.ToArray().Should().Equal(4, 3, 2);
        rows.Negatives.ToArray().Should().Equal(3, 0, 1);
        rows.UserCounts().Should().Equal(1, 2);
        rows.ItemCounts().Should().Equal(1, 1, 1, 2, 1);
    }

    [Fact]
    public void Random_choices_fall_on_the_same_users_and_items_in_whole_and_in_compact_tables()
    {
        TrainingBatch batch = new BatchSampler(Data.Train, new RankingLoss.SampledSoftmax { Negatives = 30 }, null, 40).Epoch(1).First();
        BatchRows whole = batch.Whole, own = batch.Compact;
        int[] UserOf(int[] places) => Array.ConvertAll(places, p => own.Rows.Users[p]);
        int[] ItemOf(int[] places) => Array.ConvertAll(places, p => own.Rows.Items[p]);
        UserOf(own.SampleDistinctUsers(7)).Should().Equal(whole.SampleDistinctUsers(7)).And.OnlyHaveUniqueItems().And.HaveCount(7);
        ItemOf(own.SampleDistinctItems(5)).Should().Equal(whole.SampleDistinctItems(5));
        UserOf(own.OnePerUser().Users).Should().Equal(whole.OnePerUser().Users);
        ItemOf(own.OnePerUser().Items).Should().Equal(whole.OnePerUser().Items);
        ItemOf(own.NegativesPerUser(9).Items).Should().Equal(whole.NegativesPerUser(9).Items);
        for (int row = 0; row < own.OnePerUser().Users.Length; row++)
            own.NegativesPerUser(9).Excluded[row].ToArray().Should().Equal(whole.NegativesPerUser(9).Excluded[row].ToArray());
    }

    [Fact]
    public void Arrays_that_are_handed_in_and_out_are_the_callers()
    {
        int[] users = [3, 5], positives = [7, 9], negatives = [11, 13];
        float[] confidences = [1, 2];
        var batch = new TrainingBatch(users, positives, negatives) { Confidences = confidences };
        (users[0], positives[0], negatives[0], confidences[0]) = (0, 0, 0, 9);
        batch.Confidences.Should().Equal(1, 2);
        batch.Whole.DistinctUsers.ToArray().Should().Equal(3, 5);
        batch.Whole.SampleDistinctUsers(9).AsSpan().Clear();
        batch.Whole.SampleDistinctItems(9).AsSpan().Clear();
        batch.Whole.DistinctUsers.ToArray().Should().Equal(3, 5);
        batch.Whole.DistinctItems.ToArray().Should().Equal(7, 9);
    }

    [Fact]
    public void Rows_beside_those_of_the_batch_are_computed_too()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new LightGcnEncoder(60, 50, new LightGcnOptions { EmbeddingDim = 8 });
        var graph = new InteractionGraph(Data.Train);
        var batch = new TrainingBatch([3, 5], [7, 9], [11, 13]);
        encoder.Encode(graph, batch.Compact.Rows, batch.Compact);
        UserItemEmbeddings all = encoder.call(graph);
        UserItemEmbeddings some = encoder.Encode(graph, new RowSet([20, 40], [1, 2, 30]), batch.Compact).Embeddings;
        some.Users.allclose(all.Users.SelectRows([20, 40]), 1e-5, 1e-6).Should().BeTrue();
        some.Items.allclose(all.Items.SelectRows([1, 2, 30]), 1e-5, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void What_several_parts_ask_a_batch_for_is_made_once()
    {
        var batch = new TrainingBatch([3, 1, 3], [7, 7, 5], [1, 2], sharedNegatives: true)
        {
            Known = new InteractionSet(4, 8, [(1, 7), (3, 1), (3, 5), (3, 7)]),
        };
        batch.Whole.Should().BeSameAs(batch.Whole).And.NotBeSameAs(batch.Compact);
        BatchRows rows = batch.Compact;
        batch.Compact.Should().BeSameAs(rows);
        (rows.DistinctUsers == rows.DistinctUsers).Should().BeTrue("it's the same memory");
        (rows.DistinctItems == rows.DistinctItems).Should().BeTrue("it's the same memory");
        rows.FalseNegatives().Should().BeSameAs(rows.FalseNegatives());
        rows.FalseNegatives()[1].ToArray().Should().Equal(0);
    }

    [Fact]
    public void The_interaction_of_a_user_is_the_first_of_the_batch()
    {
        var (users, items) = new TrainingBatch([9, 4, 9, 4, 7], [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]).Whole.OnePerUser();
        users.Should().Equal(4, 7, 9);
        items.Should().Equal(2, 5, 1);
    }

    [Fact]
    public void As_many_as_there_are_stay_as_they_are_and_of_more_some_are_drawn()
    {
        BatchRows Rows(long seed)
            => new TrainingBatch([.. Enumerable.Range(0, 30)], [.. Enumerable.Range(0, 30)], new int[30]) { Seed = seed }.Whole;
        Rows(1).SampleDistinctUsers(30).Should().Equal(Enumerable.Range(0, 30));
        Rows(1).SampleDistinctItems(31).Should().Equal(Enumerable.Range(0, 30));
        Rows(1).SampleDistinctUsers(3).Should().NotEqual(Rows(2).SampleDistinctUsers(3)).And.Equal(Rows(1).SampleDistinctUsers(3));
        Enumerable.Range(0, 200).SelectMany(seed => Rows(seed).SampleDistinctUsers(3)).Distinct().Should().HaveCount(30);
    }

    private static void Compare(Func<DRepMRecModel> create, TrainingBatch batch)
    {
        const double L2 = 0.01;
        using DRepMRecModel picked = create(), whole = create();
        using DisposeScope scope = NewDisposeScope();
        picked.train();
        whole.train();
        StepLoss actual = picked.ComputeLoss(batch, L2);
        Backpropagation.Run(actual.Total);

        ModelOutput output = whole.call(batch);
        Tensor expected = whole.Loss.Compute(output.Embeddings, batch.Whole);
        foreach (LossTerm term in output.Terms)
            expected = expected.Plus(term.Value, term.Weight);
        if (output.Ego is { } ego)
            expected = expected.Plus(DRepMRecModel.SquaredLength(ego, batch.Whole), L2);
        expected.backward();

        actual.Total.item<float>().Should().BeApproximately(expected.item<float>(), 1e-5f * Math.Max(1, Math.Abs(expected.item<float>())));
        output.Terms.Select(t => t.Name).Should().BeSubsetOf(actual.Values.Keys);
        foreach (var ((name, own), (_, other)) in picked.named_parameters().Zip(whole.named_parameters()))
        {
            (own.grad is null).Should().Be(other.grad is null, name);
            if (own.grad is not null)
            {
                own.grad.allclose(other.grad!, 1e-3, 2e-6).Should().BeTrue(
                    $"that is the gradient of {name}; the largest difference is {(own.grad - other.grad!).abs().max().item<float>()}");
            }
        }
    }
}
