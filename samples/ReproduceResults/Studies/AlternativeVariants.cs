using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Encoders;

namespace ReproduceResults.Studies;

/// <summary>DRepMRec with another kind of one of its parts: the other readings of a paper that publishes no formulas.</summary>
internal static class AlternativeVariants
{
    public static IEnumerable<(string Name, DRepMRecOptions Options)> All(DRepMRecOptions full)
    {
        BmaOptions bma = full.Alignment;
        ModalEncoderOptions modal = full.Modal;
        yield return ("neighbours alone", full with { Modal = modal with { KeepSelf = false } });
        yield return ("intra-alignment by cosines", full with { Alignment = bma with { Intra = IntraAlignmentKind.Cosine } });
        yield return (
            "intra-alignment by uniformity", full with { Alignment = bma with { Intra = IntraAlignmentKind.AlignmentUniformity } });
        yield return ("inter-alignment by cosines", full with { Alignment = bma with { Inter = InterAlignmentKind.Cosine } });
        yield return ("inter-alignment by moments", full with { Alignment = bma with { Inter = InterAlignmentKind.MeanVariance } });
        foreach (SimilarityLossKind kind in new[] { SimilarityLossKind.Frobenius, SimilarityLossKind.CrossEntropy })
            yield return ($"SSS by {kind}", full with { SimilaritySignal = full.SimilaritySignal with { Kind = kind, Weight = 0.1 } });
    }
}
