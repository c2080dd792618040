using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>How far two sets of rows are distributed apart; which row is whose partner doesn't matter.</summary>
/// <remarks>Each returns a scalar with gradients, which belongs to the dispose scope that is open.</remarks>
internal static class DistributionLosses
{
    private static readonly double[] Widths = [0.5, 1, 2, 4];

    /// <summary>|mean(a) - mean(b)|² + |cov(a) - cov(b)|², of Frobenius (CORAL, Sun and Saenko, 2016, with means).</summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[M, D].</param>
    public static Tensor MeanCovariance(Tensor a, Tensor b)
    {
        Tensor means = (a.mean([0]) - b.mean([0])).Squared().sum();
        return means.Plus((Covariance(a) - Covariance(b)).Squared().sum());
    }

    /// <summary>
    /// The squared maximum mean discrepancy (Gretton et al., JMLR 2012) by the mean of the kernels exp(-g |x - y|²), g = 0.5, 1, 2 and 4:
    /// E k(a, a') + E k(b, b') - 2 E k(a, b), over all pairs.
    /// </summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[M, D].</param>
    public static Tensor MaximumMeanDiscrepancy(Tensor a, Tensor b)
    {
        static Tensor Kernel(Tensor x, Tensor y)
        {
            Tensor squares = SquaredDistances(x, y), sum = squares.Times(-Widths[0]).exp();
            foreach (double width in Widths.AsSpan(1))
                sum = sum.Plus(squares.Times(-width).exp());
            return sum.mean().Times(1.0 / Widths.Length);
        }

        return Kernel(a, a).Plus(Kernel(b, b)).Plus(Kernel(a, b), -2);
    }

    /// <summary>The energy distance (Székely and Rizzo, 2013): 2 E|a - b| - E|a - a'| - E|b - b'|, over all pairs.</summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[M, D].</param>
    public static Tensor EnergyDistance(Tensor a, Tensor b)
    {
        static Tensor Within(Tensor x)
        {
            // A row's distance from itself is 0 and has no gradient.
            Tensor others = eye(x.shape[0], device: x.device).Times(-1).Plus(1);
            return ((SquaredDistances(x, x) * others).Plus(1e-8).sqrt() * others).mean();
        }

        return SquaredDistances(a, b).Plus(1e-8).sqrt().mean().Times(2).Plus(Within(a), -1).Plus(Within(b), -1);
    }

    private static Tensor Covariance(Tensor rows)
    {
        Tensor centered = rows - rows.mean([0], keepdim: true);
        return matmul(centered.t(), centered).Times(1.0 / rows.shape[0]);
    }

    private static Tensor SquaredDistances(Tensor x, Tensor y)
        => x.Squared().sum([1], keepdim: true).Plus(y.Squared().sum([1]).unsqueeze(0)).Plus(matmul(x, y.t()), -2).relu();
}
