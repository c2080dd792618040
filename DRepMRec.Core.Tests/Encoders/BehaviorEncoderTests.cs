using DRepMRec.Encoders;
using DRepMRec.Features;
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
}

public sealed class MatrixFactorizationEncoderTests : HostRules
{
    protected override string[] ExpectedKeys => ["user_embedding", "item_embedding"];

    protected override IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed)
        => new MatrixFactorizationEncoder(userCount, features.ItemCount, new MatrixFactorizationOptions { EmbeddingDim = 8, Seed = seed });
}
