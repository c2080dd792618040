using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Features;

/// <summary>
/// Reduces rows to their principal components, by the randomised range finder with power iterations (Halko, Martinsson and Tropp, SIAM
/// Review 2011, algorithm 4.4 and section 5.1).
/// </summary>
internal static class PrincipalComponents
{
    private const int Oversampling = 16;
    private const int PowerIterations = 3;

    /// <summary>Coordinates along the directions of the largest squares; rows that aren't zero get the length sqrt(components).</summary>
    /// <param name="rows">N * dimension values, scaled already.</param>
    /// <param name="dimension">The number of values per row.</param>
    /// <param name="components">The number of components, below the dimension.</param>
    public static float[] Reduce(float[] rows, int dimension, int components)
    {
        using IDisposable oneThread = TorchBackend.UseOneThread();
        int count = rows.Length / dimension, width = Math.Min(dimension, components + Oversampling);
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor x = tensor(rows, count, dimension).clone();
        var random = new SeededRandom(0, RandomPurpose.PrincipalComponents);
        float[] start = [.. Enumerable.Range(0, dimension * width).Select(_ => (float)random.NextGaussian())];

        // Directions in the space of features: the more iterations, the closer to those of largest variance.
        Tensor directions = linalg.qr(tensor(start, dimension, width)).Q.contiguous();
        for (int n = 0; n < PowerIterations; n++)
            directions = linalg.qr(DenseProduct.Multiply(x, DenseProduct.Multiply(x, directions), transposeA: true)).Q.contiguous();

        Tensor coordinates = DenseProduct.Multiply(x, directions), gram = DenseProduct.Multiply(coordinates, coordinates, transposeA: true);
        Tensor largest = linalg.eigh(gram).Item2.narrow(1, width - components, components).contiguous();
        Tensor reduced = DenseProduct.Multiply(coordinates, largest).NormalizeRows().Times(Math.Sqrt(components));
        return [.. reduced.contiguous().data<float>()];
    }
}
