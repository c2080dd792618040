using DRepMRec.Alignment;
namespace DRepMRec.Fusions;

/// <summary>What follows from the kind of fusion alone.</summary>
internal static class FusionKindExtensions
{
    /// <summary>The dimension of fused rows.</summary>
    /// <param name="fusion">The fusion.</param>
    /// <param name="lineDimension">The dimension D of both lines.</param>
    public static int Dimension(this FusionKind fusion, int lineDimension) => fusion is FusionKind.Concatenation or FusionKind.NormalizedConcatenation ? 2 * lineDimension : lineDimension;
}
