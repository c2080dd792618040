using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>Rows brought to mean 0, or to mean 0 and unit covariance, so that what a whole line shares says nothing of its rows.</summary>
internal static class RowScaling
{
    // Of the mean variance of a column: keeps the factor of a covariance without full rank finite.
    private const double Ridge = 1e-2;

    /// <summary>The rows minus their mean.</summary>
    /// <param name="rows">[N, D].</param>
    public static Tensor Center(Tensor rows) => rows - rows.mean([0], keepdim: true);

    /// <summary>The centred rows times L⁻ᵀ, L the Cholesky factor of their covariance plus a small ridge.</summary>
    /// <param name="rows">[N, D].</param>
    public static Tensor Whiten(Tensor rows)
    {
        Tensor centered = Center(rows);
        long dimension = rows.shape[1];
        Tensor covariance = matmul(centered.t(), centered).Times(1.0 / rows.shape[0]);
        Tensor ridge = eye(dimension, device: rows.device) * covariance.diagonal().mean().Times(Ridge).Plus(1e-12);
        Tensor factor = linalg.cholesky(covariance.Plus(ridge));
        return linalg.solve(factor, centered.t()).t();
    }
}
