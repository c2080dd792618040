using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>The losses of alignment as plain functions; rows of a and b at the same place belong together.</summary>
internal static class AlignmentLosses
{
    /// <summary>1 - cos(a, b), averaged over rows. [N, D], [N, D] to a scalar.</summary>
    public static Tensor Cosine(Tensor a, Tensor b) => a.NormalizeRows().RowDot(b.NormalizeRows()).mean().neg().Plus(1);

    /// <summary>mean |a - b|² on the unit sphere.</summary>
    public static Tensor SquaredDistance(Tensor a, Tensor b) => Cosine(a, b).Times(2);

    /// <summary>Contrast of each row with its partner against all other partners, in both directions, averaged.</summary>
    public static Tensor InfoNce(Tensor a, Tensor b, double temperature)
    {
        Tensor x = a.NormalizeRows(), y = b.NormalizeRows();
        return OwnKernels.Run(x) && temperature >= InfoNceFunction.LowestTemperature
            ? InfoNceFunction.Apply(x, y, temperature)
            : Contrast(x, y, temperature).Plus(Contrast(y, x, temperature)).Times(0.5);
    }

    /// <summary>Contrast of each row of a with its partner in b against all other rows of b.</summary>
    public static Tensor InfoNceOneWay(Tensor a, Tensor b, double temperature) => Contrast(a.NormalizeRows(), b.NormalizeRows(), temperature);

    private static Tensor Contrast(Tensor x, Tensor y, double temperature) => RankingLosses.SampledSoftmax(x, y, y, ExcludedPairs.Diagonal((int)x.shape[0]), temperature);

    /// <summary>The squared differences of the column means and of the column standard deviations, summed over columns.</summary>
    public static Tensor MeanVariance(Tensor a, Tensor b)
    {
        Tensor meanA = a.mean([0], keepdim: true), meanB = b.mean([0], keepdim: true);
        Tensor deviationA = (a - meanA).Squared().mean([0]).Plus(1e-12).sqrt();
        Tensor deviationB = (b - meanB).Squared().mean([0]).Plus(1e-12).sqrt();
        return (meanA - meanB).Squared().sum().Plus((deviationA - deviationB).Squared().sum());
    }

    /// <summary>log of the mean of exp(-2 |x - y|²) over pairs of different rows, on the unit sphere: lower when rows spread over it.</summary>
    public static Tensor Uniformity(Tensor rows)
    {
        long n = rows.shape[0];
        if (n < 2)
            return rows.sum().Times(0);
        Tensor x = rows.NormalizeRows();

        // |x - y|² = 2 - 2 x·y; the diagonal is taken out with a large negative number.
        Tensor exponent = matmul(x, x.t()).Times(4).Plus(-4);
        Tensor others = exponent - eye(n, device: x.device).Times(1e9);
        return others.flatten().logsumexp(0).Plus(-Math.Log((double)n * (n - 1)));
    }
}
