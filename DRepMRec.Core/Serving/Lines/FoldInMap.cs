using System.Numerics.Tensors;
using DRepMRec.Data;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Serving;

/// <summary>
/// Folds a history into the space of the users: x = Σ b_i / sqrt(d_i |N|) over its items, one step of LightGCN's propagation, then the linear map that takes the x of the known users closest to what training
/// made of them (ridge regression).
/// </summary>
internal static class FoldInMap
{
    private const double Ridge = 1e-3;

    /// <summary>The behaviour row of a user with some items; <see langword="null"/> where none of them has behaviour.</summary>
    public static float[]? Apply(ServingModel model, ReadOnlySpan<int> items)
    {
        float[] x = Gather(model.ItemBehavior, items, model.Degree);
        if (!x.ContainsAnyExcept(0) || !TensorPrimitives.IsFiniteAll(x))
            return null;
        if (model.FoldInMap is not { } map)
            return x;
        var y = new float[x.Length];
        for (int d = 0; d < y.Length; d++)
            y[d] = TensorPrimitives.Dot(map.Row(d, x.Length), x);
        return y;
    }

    /// <summary>Fits the map to the known users; <see langword="null"/> where there is nothing to fit.</summary>
    public static float[]? Fit(RowStore users, RowStore items, InteractionSet seen)
    {
        int dimension = items.Width;
        int[] degrees = seen.ItemDegrees();
        Matrix<double> square = Matrix<double>.Build.Dense(dimension, dimension), cross = Matrix<double>.Build.Dense(dimension, dimension);
        const int Batch = 1024;
        double[,] xs = new double[Batch, dimension], ys = new double[Batch, dimension];
        int filled = 0;
        void Flush()
        {
            Matrix<double> x = Matrix<double>.Build.DenseOfArray(xs).SubMatrix(0, Math.Max(1, filled), 0, dimension), y = Matrix<double>.Build.DenseOfArray(ys).SubMatrix(0, Math.Max(1, filled), 0, dimension);
            if (filled > 0)
            {
                square.Add(x.TransposeThisAndMultiply(x), square);
                cross.Add(x.TransposeThisAndMultiply(y), cross);
            }

            filled = 0;
        }

        for (int user = 0; user < seen.UserCount; user++)
        {
            float[] x = Gather(items, seen.ItemsOf(user), i => degrees[i]);
            ReadOnlySpan<float> y = users[user];
            if (!x.ContainsAnyExcept(0) || !y.ContainsAnyExcept(0))
                continue;
            for (int d = 0; d < dimension; d++)
                (xs[filled, d], ys[filled, d]) = (x[d], y[d]);
            if (++filled == Batch)
                Flush();
        }

        Flush();
        double scale = square.Trace() / dimension;
        if (!(scale > 0))
            return null;
        for (int d = 0; d < dimension; d++)
            square[d, d] += Ridge * scale;
        // Row-major W with y = W x is the column-major storage of its transpose, which is what is solved for.
        return [.. square.Cholesky().Solve(cross).ToColumnMajorArray().Select(w => (float)w)];
    }

    private static float[] Gather(RowStore items, ReadOnlySpan<int> history, Func<int, int> degree)
    {
        var x = new float[items.Width];
        foreach (int item in history)
        {
            if (degree(item) is > 0 and int d)
                TensorPrimitives.MultiplyAdd(items[item], (float)(1 / Math.Sqrt((double)d * history.Length)), x, x);
        }

        return x;
    }
}
