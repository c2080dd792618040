using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Features;

/// <summary>
/// The directions in which rows have the largest squares, by the randomised range finder with power iterations (Halko, Martinsson and
/// Tropp, SIAM Review 2011, algorithm 4.4 and section 5.1).
/// </summary>
internal static class PrincipalComponents
{
    private const int Oversampling = 16;
    private const int PowerIterations = 3;

    // Beyond the rounding of the products of single precision.
    private const float Negligible = 1e-5f;

    /// <summary>Coordinates along the directions of the largest squares; rows that aren't zero get the length sqrt(components).</summary>
    /// <param name="rows">N * dimension values, scaled already.</param>
    /// <param name="dimension">The number of values per row.</param>
    /// <param name="components">The number of components, below the dimension.</param>
    /// <exception cref="TorchBackendException">libtorch can't be loaded.</exception>
    public static float[] Reduce(float[] rows, int dimension, int components)
    {
        TorchBackend.EnsureLoaded();
        using IDisposable oneThread = TorchBackend.UseOneThread();
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor x = tensor(rows, rows.Length / dimension, dimension, device: CPU).clone();
        var (range, largest, _) = Find(
            dimension, components, 0, q => DenseProduct.Multiply(x, q), y => DenseProduct.Multiply(x, y, transposeA: true), default);
        Tensor reduced = DenseProduct.Multiply(DenseProduct.Multiply(x, range), largest).NormalizeRows().Times(Math.Sqrt(components));
        return [.. reduced.contiguous().data<float>()];
    }

    /// <summary>The directions themselves, [columns of the matrix, count], those of the largest squares last.</summary>
    /// <returns>
    /// As many as asked for, or as the rows have: along others there is nothing but rounding, which scaling makes as large as the rest.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="TorchBackendException">libtorch can't be loaded.</exception>
    public static (float[] Values, int Count) Directions(CsrMatrix rows, int components, int seed, CancellationToken cancellationToken)
    {
        TorchBackend.EnsureLoaded();
        using IDisposable oneThread = TorchBackend.UseOneThread();
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var (range, largest, squares) = Find(
            rows.ColumnCount, components, (ulong)seed, q => Multiply(rows, q), y => Multiply(rows.Transpose(), y), cancellationToken);
        int count = squares.Count(square => square > Negligible * squares[^1]);
        Tensor kept = largest.narrow(1, components - count, count).contiguous();
        return ([.. DenseProduct.Multiply(range, kept).contiguous().data<float>()], count);
    }

    /// <summary>An orthonormal basis that holds the directions, their coordinates in it, and the squares along them, ascending.</summary>
    private static (Tensor Range, Tensor Largest, float[] Squares) Find(
        int dimension, int components, ulong seed, Func<Tensor, Tensor> multiply, Func<Tensor, Tensor> multiplyTransposed,
        CancellationToken cancellationToken)
    {
        int width = Math.Min(dimension, components + Oversampling);
        var random = new SeededRandom(seed, RandomPurpose.PrincipalComponents);
        float[] start = [.. Enumerable.Range(0, dimension * width).Select(_ => (float)random.NextGaussian())];

        // Directions in the space of features: the more iterations, the closer to those of largest variance.
        Tensor range = Orthonormal(tensor(start, dimension, width, device: CPU));
        for (int n = 0; n < PowerIterations; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var iteration = NewDisposeScope();
            using Tensor last = range;
            range = Orthonormal(multiplyTransposed(multiply(last))).MoveToOuterDisposeScope();
        }

        Tensor coordinates = multiply(range), gram = DenseProduct.Multiply(coordinates, coordinates, transposeA: true);
        var (squares, vectors) = linalg.eigh(gram);
        return (range, vectors.narrow(1, width - components, components).contiguous(), [.. squares.data<float>().Skip(width - components)]);
    }

    /// <summary>An orthonormal basis of what the columns of a matrix span, in the place of the matrix, which is disposed.</summary>
    private static Tensor Orthonormal(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        using (matrix)
            return linalg.qr(matrix).Q.contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor Multiply(CsrMatrix matrix, Tensor x)
    {
        int width = (int)x.shape[1];
        var product = new float[(long)matrix.RowCount * width];
        matrix.Multiply(x.contiguous().data<float>().ToArray(), product, width);
        return tensor(product, matrix.RowCount, width, device: CPU);
    }
}
