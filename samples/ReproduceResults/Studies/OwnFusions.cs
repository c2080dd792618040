using DRepMRec;
using DRepMRec.Fusions;
using TorchSharp;
using TorchSharp.Modules;
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

/// <summary>
/// [behaviour; w * modal], of dimension 2 D: the score is the sum of both lines' scores, the modal one times w². Cold items hardly ever
/// reach a list, as nothing stands in for their behaviour.
/// </summary>
public sealed record Concatenation : Fusion
{
    public double ModalWeight { get; init; } = 0.5;

    public override int Dimension(int lineDimension) => 2 * lineDimension;

    public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => cat([behavior, modal.Times(ModalWeight)], 1);

    public override FusionForm Export(UserItemEmbeddings behavior) => new() { Concatenates = true, ModalFactor = ModalWeight };
}

/// <summary>
/// A fusion that is trained: g ⊙ behaviour + (1 - g) ⊙ modal with g = sigmoid([behaviour; modal] W + b), W shared by users and items. Not a
/// sum of parts, so that serving has the fused rows alone.
/// </summary>
public sealed record LearnedGate : Fusion
{
    public override int Dimension(int lineDimension) => lineDimension;

    public override nn.Module CreateWeights(int lineDimension, int seed)
        => SeededLinear.Create(2 * lineDimension, lineDimension, new Random(seed));

    public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
        => modal.Plus(((Linear)weights!).call(cat([behavior, modal], 1)).sigmoid() * (behavior - modal));
}
