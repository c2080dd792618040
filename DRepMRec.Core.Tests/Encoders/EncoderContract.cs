using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

/// <summary>What every encoder of users and items must do, whichever line it belongs to.</summary>
public abstract class EncoderContract : IDisposable
{
    private protected const int Users = 12;
    private protected const int Items = 10;

    // The last user and the last item have no training interaction.
    private static readonly RecDataset Data = WithIsolatedNodes();

    private readonly ModalFeatures _features = new(Data.Features);

    private protected InteractionGraph Graph { get; } = Data.Graph();

    private protected ModalFeatures Features => _features;

    /// <summary>Creates the encoder for 12 users and 10 items, with EmbeddingDim 8.</summary>
    protected abstract nn.Module Create(int seed);

    protected abstract UserItemEmbeddings Encode(nn.Module encoder, InteractionGraph graph);

    /// <summary>A scalar that depends on all that the encoder computes.</summary>
    protected virtual Tensor Loss(nn.Module encoder)
    {
        UserItemEmbeddings output = Encode(encoder, Graph);
        return output.Users.Squared().sum().Plus(output.Items.Squared().sum());
    }

    public void Dispose()
    {
        _features.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Shapes_are_users_and_items_by_dimension()
    {
        using nn.Module encoder = Create(1);
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings output = Encode(encoder, Graph);
        output.Users.shape.Should().Equal(Users, 8);
        output.Items.shape.Should().Equal(Items, 8);
        output.Dimension.Should().Be(8);
    }

    [Fact]
    public void Every_parameter_gets_a_gradient()
    {
        using nn.Module encoder = Create(1);
        using DisposeScope scope = NewDisposeScope();
        Loss(encoder).backward();
        encoder.named_parameters().Should().NotBeEmpty();
        foreach (var (name, parameter) in encoder.named_parameters())
        {
            parameter.grad.Should().NotBeNull($"{name} takes part");
            parameter.grad!.abs().sum().item<float>().Should().BePositive($"{name} takes part");
        }
    }

    [Fact]
    public void Saved_and_loaded_it_gives_the_same_output()
    {
        using nn.Module encoder = Create(1), other = Create(2);
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings expected = Encode(encoder, Graph), different = Encode(other, Graph);
        different.Users.allclose(expected.Users).Should().BeFalse("another seed gives other weights");
        string path = Path.GetTempFileName();
        try
        {
            encoder.save(path);
            other.load(path);
        }
        finally
        {
            File.Delete(path);
        }

        UserItemEmbeddings actual = Encode(other, Graph);
        actual.Users.data<float>().ToArray().Should().Equal(expected.Users.data<float>().ToArray());
        actual.Items.data<float>().ToArray().Should().Equal(expected.Items.data<float>().ToArray());
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        using nn.Module encoder = Create(7), other = Create(7);
        using DisposeScope scope = NewDisposeScope();
        Encode(encoder, Graph).Items.data<float>().ToArray().Should().Equal(Encode(other, Graph).Items.data<float>().ToArray());
    }

    [Fact]
    public void Isolated_users_and_items_stay_finite()
    {
        using nn.Module encoder = Create(1);
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings output = Encode(encoder, Graph);
        output.Users.isfinite().all().item<bool>().Should().BeTrue();
        output.Items.isfinite().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void A_step_leaves_no_tensors()
    {
        using nn.Module encoder = Create(1);
        LiveTensors.ShouldNotGrow(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            Loss(encoder).backward();
        });
        LiveTensors.ShouldNotGrow(() => Encode(encoder, Graph).Dispose());
    }

    [Fact]
    public void A_graph_of_another_size_is_refused_with_both_numbers()
    {
        using nn.Module encoder = Create(1);
        InteractionGraph other = Samples.Checkerboard(5, 7).Graph();
        FluentActions.Invoking(() => Encode(encoder, other)).Should().Throw<ArgumentException>().WithMessage("*10*7*");
    }

    [Fact]
    public void Permuting_users_permutes_their_rows_and_nothing_else()
    {
        using nn.Module encoder = Create(1), permuted = Create(1);
        using DisposeScope scope = NewDisposeScope();
        int[] order = [.. Enumerable.Range(0, Users).Select(u => ((u * 5) + 3) % Users)];
        PermuteUserRows(permuted, order);
        (int, int)[] pairs = [.. Enumerable.Range(0, Users)
            .SelectMany(u => Graph.Interactions.ItemsOf(order[u]).ToArray().Select(i => (u, i)))];
        UserItemEmbeddings expected = Encode(encoder, Graph);
        UserItemEmbeddings actual = Encode(permuted, new InteractionGraph(new InteractionSet(Users, Items, pairs)));
        using Tensor rows = tensor(order);
        actual.Users.allclose(expected.Users.index_select(0, rows), 1e-4, 1e-6).Should().BeTrue();
        actual.Items.allclose(expected.Items, 1e-4, 1e-6).Should().BeTrue();
    }

    /// <summary>Weights whose first rows belong to the users get these rows in another order.</summary>
    private static void PermuteUserRows(nn.Module encoder, int[] order)
    {
        using IDisposable noGradient = no_grad();
        foreach (var (name, weight) in encoder.named_parameters().Where(p => p.parameter.shape[0] is Users or Users + Items))
        {
            using Tensor rows = tensor([.. order, .. Enumerable.Range(Users, (int)weight.shape[0] - Users)]);
            using Tensor moved = weight.index_select(0, rows);
            weight.copy_(moved);
        }
    }

    [Fact]
    public void Checkpoint_keys_are_stable()
    {
        using nn.Module encoder = Create(1);
        encoder.state_dict().Keys.Should().Equal(ExpectedKeys);
    }

    /// <summary>The names under which weights are saved.</summary>
    protected abstract string[] ExpectedKeys { get; }

    private static RecDataset WithIsolatedNodes()
    {
        RecDataset board = Samples.Checkerboard(Users, Items);
        List<(int, int)> train = [.. board.Train.ExpandUsers().Zip(board.Train.Items.ToArray())
            .Where(p => p.First < Users - 1 && p.Second < Items - 1)];
        return Samples.Dataset("isolated", Users, Items, train, [], [], board.Features);
    }
}
