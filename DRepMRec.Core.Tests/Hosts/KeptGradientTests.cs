using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Hosts;

/// <summary>
/// The gradient of embeddings by the rows of a batch: in a loop of one's own it's like any other of libtorch, which may be kept, adds up,
/// and is what autograd gives who asks for it.
/// </summary>
public sealed class KeptGradientTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(6, 7);
    private static readonly InteractionGraph Graph = Board.Graph();

    private static TrainingBatch First => new([1, 4], [3, 2], [0, 6]);

    private static TrainingBatch Second => new([0, 5], [2, 1], [5, 4]);

    public static TheoryData<string> Hosts => ["LightGCN", "FREEDOM", "MGCN"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_gradient_that_was_kept_is_not_written_over_by_the_next_pass(string name)
        => With(name, (host, embedding) =>
        {
            Loss(host, First).backward();
            Tensor kept = embedding.grad!;
            float[] before = UserItemEmbeddings.Values(kept);
            embedding.grad = null;
            Loss(host, Second).backward();
            UserItemEmbeddings.Values(embedding.grad!).Should().NotEqual(before, "the batches are others");
            UserItemEmbeddings.Values(kept).Should().Equal(before);
        });

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Autograd_gives_the_gradient_that_a_pass_leaves(string name)
        => With(name, (host, embedding) =>
        {
            Loss(host, First).backward();
            float[] left = UserItemEmbeddings.Values(embedding.grad!);
            embedding.grad = null;
            Tensor given = autograd.grad([Loss(host, First)], [embedding])[0];
            UserItemEmbeddings.Values(given).Should().Equal(left);
            embedding.grad.Should().BeNull();
        });

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Gradients_of_ones_own_passes_and_of_the_librarys_are_the_same_and_add_up(string name)
        => With(name, (host, embedding) =>
        {
            Loss(host, First).backward();
            float[] one = UserItemEmbeddings.Values(embedding.grad!);
            Backpropagation.Run(Loss(host, First));
            Loss(host, First).backward();
            float[] three = UserItemEmbeddings.Values(embedding.grad!);
            embedding.grad = null;
            Backpropagation.Run(Loss(host, First));
            float[] own = UserItemEmbeddings.Values(embedding.grad!);
            one.Should().Contain(g => g != 0);
            for (int n = 0; n < one.Length; n++)
            {
                own[n].Should().BeApproximately(one[n], 1e-5f);
                three[n].Should().BeApproximately(3 * one[n], 3e-5f);
            }
        });

    private static void With(string name, Action<IBehaviorEncoder, Tensor> test)
    {
        using DisposeScope scope = NewDisposeScope();
        using var features = new ModalFeatures(Board.Features);
        int users = Board.Users.Count;
        IBehaviorEncoder host = name switch
        {
            "LightGCN" => new LightGcnEncoder(users, Board.Items.Count, new LightGcnOptions { EmbeddingDim = 4, Layers = 2 }),
            "FREEDOM" => new FreedomEncoder(users, features, new FreedomOptions { EmbeddingDim = 4, Neighbors = 3 }),
            _ => new MgcnEncoder(users, features, new MgcnOptions { EmbeddingDim = 4, Neighbors = 3 }),
        };
        using var module = (nn.Module)host;
        test(host, module.get_parameter("embedding")!);
    }

    private static Tensor Loss(IBehaviorEncoder host, TrainingBatch batch)
    {
        EncoderOutput output = host.Encode(Graph, batch.Compact.Rows, batch.Compact);
        Tensor rows = output.Embeddings.Users.Squared().sum().Plus(output.Embeddings.Items.Squared().sum());
        return output.Terms.Aggregate(rows, (sum, term) => sum.Plus(term.Value));
    }
}
