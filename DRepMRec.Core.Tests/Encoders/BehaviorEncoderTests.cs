using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

public sealed class LightGcnEncoderTests : HostRules
{
    protected override string[] ExpectedKeys => ["embedding"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new LightGcnEncoder(userCount, features.ItemCount, new LightGcnOptions { EmbeddingDim = 8, Seed = seed });

    [Fact]
    public void Without_layers_it_is_matrix_factorisation()
    {
        using var encoder = new LightGcnEncoder(12, 10, new LightGcnOptions { EmbeddingDim = 8, Layers = 0 });
        using DisposeScope scope = NewDisposeScope();
        encoder.call(Graph).Items.data<float>().ToArray().Should().Equal(encoder.Ego!.Value.Items.data<float>().ToArray());
    }

    [Fact]
    public void First_weights_are_xavier_uniform_with_users_and_items_apart()
    {
        using var encoder = new LightGcnEncoder(2000, 500, new LightGcnOptions { EmbeddingDim = 8 });
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings ego = encoder.Ego!.Value;
        float userBound = MathF.Sqrt(6f / 2008), itemBound = MathF.Sqrt(6f / 508);
        ego.Users.abs().max().item<float>().Should().BeInRange(0.99f * userBound, userBound);
        ego.Items.abs().max().item<float>().Should().BeInRange(0.99f * itemBound, itemBound);
        ego.Users.mean().item<float>().Should().BeApproximately(0, 0.02f * userBound);
    }

    [Fact]
    public void A_table_of_more_numbers_than_an_array_has_is_refused_with_the_numbers()
        => FluentActions.Invoking(() => new LightGcnEncoder(30_000_000, 10_000_000, new LightGcnOptions { EmbeddingDim = 64 }))
            .Should().Throw<ArgumentException>().WithMessage(
                "30,000,000 users and 10,000,000 items with 64 dimensions are 2,560,000,000 numbers, more than the 2,147,483,591 of one "
                + "table: *");
}

public sealed class MatrixFactorizationEncoderTests : HostRules
{
    protected override string[] ExpectedKeys => ["user_embedding", "item_embedding"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new MatrixFactorizationEncoder(userCount, features.ItemCount, new MatrixFactorizationOptions { EmbeddingDim = 8, Seed = seed });

    [Fact]
    public void It_has_the_dimension_and_the_seed_of_its_options()
    {
        static float[] Weights(int seed)
        {
            using var encoder = new MatrixFactorizationEncoder(3, 4, new MatrixFactorizationOptions { EmbeddingDim = 5, Seed = seed });
            using DisposeScope scope = NewDisposeScope();
            UserItemEmbeddings ego = encoder.Ego!.Value;
            return [.. UserItemEmbeddings.Values(ego.Users), .. UserItemEmbeddings.Values(ego.Items)];
        }

        Weights(1).Should().HaveCount((3 + 4) * 5).And.Equal(Weights(1)).And.NotEqual(Weights(2));
    }

    [Fact]
    public void A_table_of_more_numbers_than_an_array_has_is_refused_with_the_numbers()
        => FluentActions.Invoking(
            () => new MatrixFactorizationEncoder(40_000_000, 1, new MatrixFactorizationOptions { EmbeddingDim = 64 }))
            .Should().Throw<ArgumentException>().WithMessage("40,000,000 rows with 64 dimensions are 2,560,000,000 numbers, more than *");

    [Fact]
    public void The_rows_of_a_batch_start_from_themselves()
    {
        using var encoder = new MatrixFactorizationEncoder(12, 10, new MatrixFactorizationOptions { EmbeddingDim = 8 });
        using DisposeScope scope = NewDisposeScope();
        EncoderOutput output = encoder.Encode(Graph, new RowSet([1, 4], [0]), null);
        UserItemEmbeddings ego = output.Ego!.Value;
        ego.Users.Equals(encoder.Ego!.Value.Users.SelectRows([1, 4])).Should().BeTrue();
        ego.Items.Equals(output.Embeddings.Items).Should().BeTrue();
    }
}
