using DRepMRec;
using DRepMRec.Fusions;
using TorchSharp;
using static TorchSharp.torch;

namespace ReproduceResults.Studies;

/// <summary>
/// A fusion that ranked lower than those of the library: behaviour / |behaviour| + w * modal / |modal|, row by row; without behaviour the
/// weight is <see cref="ColdModalWeight"/>.
/// </summary>
public sealed record NormalizedSum : Fusion
{
    public double ModalWeight { get; init; } = 0.5;

    public double ColdModalWeight { get; init; } = 1;

    public override int Dimension(int lineDimension) => lineDimension;

    public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
    {
        // [N, 1]: the modal weight for rows that have behaviour, the cold one for those that don't.
        Tensor known = behavior.detach().norm(1, true, 2).sign();
        Tensor weight = known.Times(ModalWeight - ColdModalWeight).Plus(ColdModalWeight);
        return behavior.NormalizeRows().Plus(modal.NormalizeRows() * weight);
    }

    public override FusionForm Export(UserItemEmbeddings behavior)
        => new() { UnitBehavior = true, UnitModal = true, ModalFactor = ModalWeight, ColdModalFactor = ColdModalWeight };
}

/// <summary>
/// Another one: behaviour + w * s * modal / |modal|, where s is the mean length of the behaviour rows, users and items apart: a fusion that
/// needs all rows of a table.
/// </summary>
public sealed record MatchedSum : Fusion
{
    public double ModalWeight { get; init; } = 0.5;

    public override bool FusesByRow => false;

    public override int Dimension(int lineDimension) => lineDimension;

    public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
        => behavior.Plus(modal.NormalizeRows() * MeanLength(behavior.detach()), ModalWeight);

    public override FusionForm Export(UserItemEmbeddings behavior)
    {
        using DisposeScope scope = NewDisposeScope();
        return new FusionForm
        {
            UnitModal = true,
            ModalFactor = ModalWeight,
            UserModalScale = MeanLength(behavior.Users).item<float>(),
            ItemModalScale = MeanLength(behavior.Items).item<float>(),
        };
    }

    /// <summary>The mean length of the rows that aren't zero.</summary>
    private static Tensor MeanLength(Tensor rows)
    {
        Tensor lengths = rows.norm(1, false, 2);
        return lengths.sum() / lengths.sign().sum().Plus(1e-12);
    }
}
