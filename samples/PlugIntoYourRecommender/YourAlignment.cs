using DRepMRec;
using DRepMRec.Fusions;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace PlugIntoYourRecommender;

/// <summary>
/// An alignment module as you might have one: a weighted sum of the two lines, and a contrast that holds the two rows of the same item
/// together.
/// </summary>
public sealed class YourAlignment : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule
{
    private readonly YourAlignmentOptions _options;

    public YourAlignment(int embeddingDim, YourAlignmentOptions? options = null)
        : base(nameof(YourAlignment))
    {
        _options = options ?? new YourAlignmentOptions();
        EmbeddingDim = embeddingDim;
        RegisterComponents();
    }

    public int EmbeddingDim { get; }

    // Told apart by its options in checkpoints and model files; its rows don't depend on each other, so steps take the rows of a batch
    // alone.
    public object Options => _options;

    public bool FusesByRow => true;

    public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings fused = new(behavior.Users.Plus(modal.Users, _options.ModalShare),
            behavior.Items.Plus(modal.Items, _options.ModalShare));
        if (batch is null)
            return new AlignmentResult(fused.MoveToOuterDisposeScope(), []);

        int[] items = batch.SampleDistinctItems(512);
        Tensor contrast = ContrastiveLosses.InfoNce(behavior.Items.SelectRows(items), modal.Items.SelectRows(items), temperature: 0.2);
        return new AlignmentResult(
            fused.MoveToOuterDisposeScope(), [new LossTerm("contrast", contrast.MoveToOuterDisposeScope(), _options.Weight)]);
    }

    // What serving needs: behaviour plus a share of the modal row.
    public FusionForm Export(UserItemEmbeddings behavior) => new() { ModalFactor = _options.ModalShare };
}

/// <summary>Options of <see cref="YourAlignment"/>.</summary>
public sealed record YourAlignmentOptions
{
    public double ModalShare { get; init; } = 0.1;

    public double Weight { get; init; } = 0.01;
}
