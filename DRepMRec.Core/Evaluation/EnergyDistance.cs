using System.Numerics.Tensors;

namespace DRepMRec.Evaluation;

/// <summary>
/// How far two samples of rows are from having one distribution: 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Székely and Rizzo, Journal of
/// Statistical Planning and Inference 2013), each mean over all pairs of the samples.
/// </summary>
internal static class EnergyDistance
{
    /// <param name="x">n * dimension values, row by row, n at least 1.</param>
    /// <param name="y">m * dimension values, row by row, m at least 1.</param>
    /// <param name="dimension">The number of values per row.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>0 for equal samples, otherwise above up to rounding.</returns>
    public static double Between(float[] x, float[] y, int dimension, CancellationToken cancellationToken)
    {
        double Mean(float[] a, float[] b) => MeanDistance(a, b, dimension, cancellationToken);
        return (2 * Mean(x, y)) - Mean(x, x) - Mean(y, y);
    }

    private static double MeanDistance(float[] x, float[] y, int dimension, CancellationToken cancellationToken)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i += dimension)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<float> row = x.AsSpan(i, dimension);
            for (int j = 0; j < y.Length; j += dimension)
                sum += TensorPrimitives.Distance(row, y.AsSpan(j, dimension));
        }

        return sum / ((double)(x.Length / dimension) * (y.Length / dimension));
    }
}
