using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Tests.Support;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

/// <summary>What every encoder of users and items must do, whichever line it belongs to, beside the contract that users run.</summary>
public abstract class EncoderRules : IDisposable
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

    public void Dispose()
    {
        _features.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_keeps_the_contract(bool byLibtorch)
    {
        using IDisposable? off = byLibtorch ? OwnKernels.SwitchOff() : null;
        ContractReport report = Check(Data);
        report.Findings.Should().BeEmpty(report.ToString());
        report.Kept.Should().Contain(Enum.GetValues<ContractCheck>().Except(report.NotChecked.Keys));
    }

    /// <summary>Runs the contract that users run.</summary>
    protected abstract ContractReport Check(RecDataset data);

    [Fact]
    public void A_graph_of_another_size_is_refused_with_both_numbers()
    {
        using nn.Module encoder = Create(1);
        InteractionGraph other = Samples.Checkerboard(5, 7).Graph();
        FluentActions.Invoking(() => Encode(encoder, other)).Should().Throw<ArgumentException>().WithMessage("*10*7*");
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
