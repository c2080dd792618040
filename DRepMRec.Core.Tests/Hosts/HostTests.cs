using DRepMRec.Encoders;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Tests.Encoders;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Hosts;

public sealed class VbprEncoderTests : HostContract
{
    protected override string[] ExpectedKeys => ["user_embedding", "item_embedding", "projections.0.weight", "projections.0.bias", "projections.1.weight", "projections.1.bias"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed) => new VbprEncoder(userCount, features, new VbprOptions { EmbeddingDim = 4, Seed = seed });
}

public sealed class FreedomEncoderTests : HostContract
{
    protected override string[] ExpectedKeys => ["embedding", "projections.0.weight", "projections.1.weight"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new FreedomEncoder(userCount, features, new FreedomOptions { EmbeddingDim = 8, Neighbors = 3, EdgeDropout = 0.3, Seed = seed });

    [Fact]
    public void Items_are_lightgcn_plus_one_step_over_the_item_graph()
    {
        using DisposeScope scope = NewDisposeScope();
        using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, Neighbors = 3, ModalityWeights = [1, 3] });
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
        output.Items.allclose(plain.Items.Plus(matmul(tensor(graph), freedom.Ego.Items)), 1e-4, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void Each_epoch_trains_on_other_edges_and_inference_on_all()
    {
        using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, EdgeDropout = 0.5 });
        int[] first = freedom.ForEpoch(Graph, 1).Interactions.Items.ToArray();
        first.Should().HaveCount((Graph.EdgeCount + 1) / 2).And.Equal(freedom.ForEpoch(Graph, 1).Interactions.Items.ToArray());
        first.Should().NotEqual(freedom.ForEpoch(Graph, 2).Interactions.Items.ToArray());
    }

    [Fact]
    public void Its_own_loss_is_bpr_over_projected_features()
    {
        using DisposeScope scope = NewDisposeScope();
        using var freedom = new FreedomEncoder(Users, Features, new FreedomOptions { EmbeddingDim = 8, ModalLossWeight = 0.5 });
        using var batch = new TrainingBatch([0, 3], [2, 1], [3, 4]);
        HostOutput output = freedom.Compute(Graph, batch);
        var term = output.Terms.Should().ContainSingle().Subject;
        (term.Name, term.Weight).Should().Be(("modal", 0.5));
        Dictionary<string, Tensor> weights = freedom.state_dict();
        double expected = 0;
        for (int m = 0; m < 2; m++)
        {
            Tensor projected = matmul(Features.Values[m], weights[$"projections.{m}.weight"].t());
            double Score(int user, int item) => output.Embeddings.Users.narrow(0, user, 1).RowDot(projected.narrow(0, item, 1)).item<float>();
            expected += (Math.Log(1 + Math.Exp(Score(0, 3) - Score(0, 2))) + Math.Log(1 + Math.Exp(Score(3, 4) - Score(3, 1)))) / 2;
        }

        ((double)term.Value.item<float>()).Should().BeApproximately(expected, 1e-5);
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused_with_both_numbers()
        => FluentActions.Invoking(() => new FreedomEncoder(Users, Features, new FreedomOptions { ModalityWeights = [1] })).Should().Throw<ArgumentException>()
            .WithMessage("Expected 2 modality weights, one per modality, or none; got 1.");
}

public sealed class MgcnEncoderTests : HostContract
{
    protected override string[] ExpectedKeys =>
    [
        "embedding", "projections.0.weight", "projections.0.bias", "projections.1.weight", "projections.1.bias",
        "purifiers.0.weight", "purifiers.0.bias", "purifiers.1.weight", "purifiers.1.bias",
        "preferences.0.weight", "preferences.0.bias", "preferences.1.weight", "preferences.1.bias",
        "attention.weight", "attention.bias", "attention_query.weight",
    ];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed) => new MgcnEncoder(userCount, features, new MgcnOptions { EmbeddingDim = 8, Neighbors = 3, Seed = seed });

    [Fact]
    public void Its_side_representation_can_take_the_place_of_the_modal_line()
    {
        var board = Samples.Checkerboard(40, 30);
        using var features = new ModalFeatures(board.Features);
        using var model = new MgcnEncoder(40, features, new MgcnOptions { EmbeddingDim = 8 }).WithBehaviorModalAlignment(board, new DRepMRecOptions { UseHostModal = true, Loss = new RankingLoss.Bpr() });
        model.ModalEncoder.Should().BeNull();
        using DisposeScope scope = NewDisposeScope();
        using var batch = new TrainingBatch([0, 3], [2, 1], [3, 4]);
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
        FluentActions.Invoking(() => host.WithBehaviorModalAlignment(bare)).Should().Throw<ArgumentException>().WithMessage("BMA needs content: expected at least one modality in the dataset 'checkerboard', got none.*");
        FluentActions.Invoking(() => host.WithBehaviorModalAlignment(board, new DRepMRecOptions { UseHostModal = true })).Should().Throw<ArgumentException>()
            .WithMessage("UseHostModal needs a host with a modal representation of its own (IHostRecommender); MatrixFactorizationEncoder isn't one.*");
        using var small = new MatrixFactorizationEncoder(9, 8);
        using var model = small.WithBehaviorModalAlignment(board);
        FluentActions.Invoking(() => model.Embed()).Should().Throw<ArgumentException>().WithMessage("The encoder has 9 users and 8 items; the graph has 10 and 8.*");
    }
}
