using DRepMRec.Alignment;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Tests.Encoders;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Hosts;

public sealed class VbprEncoderTests : HostRules
{
    protected override string[] ExpectedKeys
        => ["user_embedding", "item_embedding", "projections.0.weight", "projections.0.bias", "projections.1.weight", "projections.1.bias"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new VbprEncoder(userCount, features, new VbprOptions { EmbeddingDim = 4, Seed = seed });
}

public sealed class FreedomEncoderTests : HostRules
{
    protected override string[] ExpectedKeys => ["embedding", "projections.0.weight", "projections.1.weight"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new FreedomEncoder(userCount, features, new FreedomOptions { EmbeddingDim = 8, Neighbors = 3, EdgeDropout = 0.3, Seed = seed });

    [Fact]
    public void Items_are_lightgcn_plus_one_step_over_the_item_graph()
    {
        using DisposeScope scope = NewDisposeScope();
        using var freedom = new FreedomEncoder(
            Users, Features, new FreedomOptions { EmbeddingDim = 8, Neighbors = 3, ModalityWeights = [1, 3] });
        using var lightGcn = new LightGcnEncoder(Users, Items, new LightGcnOptions { EmbeddingDim = 8 });
        float[,] graph = new float[Items, Items];
        for (int m = 0; m < 2; m++)
        {
            CsrMatrix similar = Features.Similarities(m, 2);
            for (int i = 0; i < Items; i++)
            {
                // Ones for the item and its two neighbours; every row sums to 3, so that each entry is 1 / 3.
                graph[i, i] += (m == 0 ? 0.25f : 0.75f) / 3;
                foreach (int other in similar.Columns[similar.RowOffsets[i]..similar.RowOffsets[i + 1]])
                    graph[i, other] += (m == 0 ? 0.25f : 0.75f) / 3;
            }
        }

        UserItemEmbeddings plain = lightGcn.call(Graph), output = freedom.call(Graph);
        output.Users.allclose(plain.Users).Should().BeTrue();
        output.Items.allclose(plain.Items.Plus(matmul(tensor(graph), freedom.Ego!.Value.Items)), 1e-4, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void Each_epoch_trains_on_other_edges_and_inference_on_all()
    {
        using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, EdgeDropout = 0.5 });
        int[] first = freedom.GraphForEpoch(Graph, 1).Interactions.Items.ToArray();
        first.Should().HaveCount((Graph.EdgeCount + 1) / 2).And.Equal(freedom.GraphForEpoch(Graph, 1).Interactions.Items.ToArray());
        first.Should().NotEqual(freedom.GraphForEpoch(Graph, 2).Interactions.Items.ToArray());
    }

    [Fact]
    public void The_edges_of_an_epoch_are_the_same_whether_another_thread_draws_them_ahead_or_not()
    {
        int[] Last(int threads, params int[] epochs)
        {
            using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, EdgeDropout = 0.5 });
            using Parallelism.Scope scope = Parallelism.Use(threads);
            InteractionGraph[] graphs = [.. epochs.Select(epoch => freedom.GraphForEpoch(Graph, epoch))];
            return graphs[^1].Interactions.Items.ToArray();
        }

        int[] second = Last(threads: 1, 2);
        Last(threads: 2, 1, 2).Should().Equal(second);
        Last(threads: 2, 3, 2).Should().Equal(second);
    }

    [Fact]
    public void Its_own_loss_is_bpr_over_projected_features()
    {
        using DisposeScope scope = NewDisposeScope();
        using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, ModalLossWeight = 0.5 });
        var batch = new TrainingBatch([0, 3], [2, 1], [3, 4]);
        EncoderOutput output = freedom.Encode(Graph, RowSet.All, batch.Whole);
        var term = output.Terms.Should().ContainSingle().Subject;
        (term.Name, term.Weight).Should().Be(("modal", 0.5));
        Dictionary<string, Tensor> weights = freedom.state_dict();
        double expected = 0;
        for (int m = 0; m < 2; m++)
        {
            Tensor projected = matmul(Features.Values[m], weights[$"projections.{m}.weight"].t());
            double Score(int user, int item)
                => output.Embeddings.Users.narrow(0, user, 1).RowDot(projected.narrow(0, item, 1)).item<float>();
            expected += (Math.Log(1 + Math.Exp(Score(0, 3) - Score(0, 2))) + Math.Log(1 + Math.Exp(Score(3, 4) - Score(3, 1)))) / 2;
        }

        ((double)term.Value.item<float>()).Should().BeApproximately(expected, 1e-5);
    }

    [Theory]
    [InlineData(Items + 1_000_000, 0)]
    [InlineData(0, Items + 1_000_000)]
    public void Its_own_loss_refuses_items_that_there_are_not(int positive, int negative)
    {
        using DisposeScope scope = NewDisposeScope();
        using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, ModalLossWeight = 0.5 });
        BatchRows rows = new TrainingBatch([0], [positive], [negative]).Whole;
        freedom.Invoking(f => f.Encode(Graph, RowSet.All, rows))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("Expected rows from 0 to 9.*");
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused_with_both_numbers()
        => FluentActions.Invoking(() => new FreedomEncoder(Users, Features, new FreedomOptions { ModalityWeights = [1] }))
            .Should().Throw<ArgumentException>()
            .WithMessage("Expected 2 modality weights, one per modality, or none; got 1.");

    [Theory]
    [InlineData(-1)]
    [InlineData(1e308)]
    [InlineData(1e-31)]
    public void Weights_that_models_have_no_numbers_for_are_refused_where_they_are_written(double weight)
        => FluentActions.Invoking(() => new FreedomOptions { ModalityWeights = [1, weight] })
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("ModalityWeights must be *");
}

public sealed class MgcnEncoderTests : HostRules
{
    protected override string[] ExpectedKeys =>
    [
        "embedding", "projections.0.weight", "projections.0.bias", "projections.1.weight", "projections.1.bias",
        "purifiers.0.weight", "purifiers.0.bias", "purifiers.1.weight", "purifiers.1.bias",
        "preferences.0.weight", "preferences.0.bias", "preferences.1.weight", "preferences.1.bias",
        "attention.weight", "attention.bias", "attention_query.weight",
    ];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new MgcnEncoder(userCount, features, new MgcnOptions { EmbeddingDim = 8, Neighbors = 3, Seed = seed });

    [Fact]
    public void Its_side_representation_can_take_the_place_of_the_modal_line()
    {
        var board = Samples.Checkerboard(40, 30);
        using var features = new ModalFeatures(board.Features);
        var options = new DRepMRecOptions
        {
            UseHostModal = true,
            Loss = new RankingLoss.Bpr(),
            SimilaritySignal = new SssOptions { Weight = 0.1 },
        };
        using var model = new MgcnEncoder(40, features, new MgcnOptions { EmbeddingDim = 8 }).WithBehaviorModalAlignment(board, options);
        model.ModalEncoder.Should().BeNull();
        using DisposeScope scope = NewDisposeScope();
        var batch = new TrainingBatch([0, 3], [2, 1], [3, 4]);
        model.call(batch).Terms.Select(t => t.Name).Should().Contain(["contrast", "inter", "sss"]);
    }
}

public sealed class PluggingInTests
{
    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var board = Samples.Checkerboard(10, 8);
        var bare = Samples.Checkerboard(10, 8, features: false);
        using var host = new MatrixFactorizationEncoder(10, 8);
        FluentActions.Invoking(() => host.WithBehaviorModalAlignment(bare)).Should().Throw<ArgumentException>()
            .WithMessage("BMA needs content: expected at least one modality in the dataset 'checkerboard', got none.*");
        FluentActions.Invoking(() => host.WithBehaviorModalAlignment(board, DRepMRecOptions.LightGcn)).Should().Throw<ArgumentException>()
            .WithMessage("BMA needs a modal line: expected DRepMRecOptions.UseModalLine = true, got false.*");
        FluentActions.Invoking(() => host.WithBehaviorModalAlignment(board, new DRepMRecOptions { UseHostModal = true }))
            .Should().Throw<ArgumentException>()
            .WithMessage("UseHostModal needs a host with a modal representation of its own (HasModalRepresentation); "
                + "MatrixFactorizationEncoder has none.*");
        using var small = new MatrixFactorizationEncoder(9, 8);
        using var model = small.WithBehaviorModalAlignment(board);
        FluentActions.Invoking(() => model.Embed()).Should().Throw<ArgumentException>()
            .WithMessage("The encoder has 9 users and 8 items; the graph has 10 and 8.*");
    }

    [Theory]
    [InlineData(10, 7, 8)]
    [InlineData(9, 8, 8)]
    [InlineData(12, 9, 8)]
    [InlineData(10, 8, 4)]
    public void A_host_that_returns_other_rows_than_it_says_is_refused_with_both_numbers(int users, int items, int dimension)
    {
        var board = Samples.Checkerboard(10, 8);
        foreach (bool bma in new[] { false, true })
        {
            using var model = DRepMRecModel.Create(
                board, new Misshapen(users, items, dimension), new DRepMRecOptions { UseModalLine = bma, Loss = new RankingLoss.Bpr() });
            FluentActions.Invoking(() => new Trainer(model, board, new TrainerOptions { MaxEpochs = 1 }).Fit())
                .Should().Throw<ArgumentException>()
                .WithMessage("Misshapen with EmbeddingDim 8 is expected to return Float32 [10, 8] for 10 users and Float32 [8, 8] for 8 "
                    + $"items; it returned Float32 [{users}, {dimension}] and Float32 [{items}, {dimension}].");
        }
    }

    [Fact]
    public void A_model_moves_to_another_device_with_its_features()
    {
        var board = Samples.Checkerboard(10, 8);
        using var model = DRepMRecModel.Create(board);
        model.to(DeviceType.META);
        model.parameters().Select(p => p.device_type)
            .Concat(model.Features!.Values.Concat(model.Features.Present).Append(model.Features.AnyPresent).Select(t => t.device_type))
            .Should().AllBeEquivalentTo(DeviceType.META);
    }

    [Fact]
    public void All_three_parts_can_be_of_the_user()
    {
        var board = Samples.Checkerboard(40, 30);
        var options = new DRepMRecOptions { Loss = new RankingLoss.Bpr(), SimilaritySignal = new SssOptions { Weight = 0.1 } };
        using var model = DRepMRecModel.Create(
            board, new MatrixFactorizationEncoder(40, 30, new() { EmbeddingDim = 16 }), new OwnModal(), new OwnAlignment(), options);
        var trainer = new TrainerOptions { MaxEpochs = 40, BatchSize = 64, Adam = new AdamOptions { LearningRate = 0.01 } };
        TrainingReport report = new Trainer(model, board, trainer).Fit();
        report.History[^1].Losses.Keys.Should().Contain(["bpr", "own", "sss"]);
        report.EvaluateTest()[RankingMetric.Recall(20)].Should().BeGreaterThan(0.9);
        FluentActions.Invoking(() => DRepMRecModel.Create(
            board, new MatrixFactorizationEncoder(40, 30), new OwnModal(), new OwnAlignment())).Should().Throw<ArgumentException>()
            .WithMessage("Alignment expects both encoders to have the same EmbeddingDim; behavior has 64, modal has 16.");
    }

    private sealed class OwnModal : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
    {
        private readonly Parameter _projection = new(ones(16, 16));

        public OwnModal()
            : base(nameof(OwnModal)) => RegisterComponents();

        public int EmbeddingDim => 16;

        public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor items = matmul(nn.functional.pad(features.Values[0], [0, 16 - features.Values[0].shape[1]]), _projection);
            return new UserItemEmbeddings(graph.UserMeans.Propagate(items), items).MoveToOuterDisposeScope();
        }
    }

    private sealed class OwnAlignment : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule
    {
        public OwnAlignment()
            : base(nameof(OwnAlignment)) => RegisterComponents();

        public int EmbeddingDim => 16;

        public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
        {
            using DisposeScope scope = NewDisposeScope();
            var fused = new UserItemEmbeddings(behavior.Users.Plus(modal.Users, 0.01), behavior.Items.Plus(modal.Items, 0.01));
            List<LossTerm> terms = batch is null ? [] : [new LossTerm("own", modal.Users.Squared().mean().MoveToOuterDisposeScope(), 0.1)];
            return new AlignmentResult(fused.MoveToOuterDisposeScope(), terms);
        }
    }

    private sealed class Misshapen : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users;
        private readonly Parameter _items;

        public Misshapen(int users, int items, int dimension)
            : base(nameof(Misshapen))
        {
            _users = new Parameter(ones(users, dimension));
            _items = new Parameter(ones(items, dimension));
            RegisterComponents();
        }

        public int EmbeddingDim => 8;

        public override UserItemEmbeddings forward(InteractionGraph graph) => new(_users.alias(), _items.alias());
    }
}
