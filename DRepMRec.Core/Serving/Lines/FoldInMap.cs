using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Serving;

/// <summary>
/// Folds a history into the space of the users. What a history N says is put together from one step of LightGCN's propagation, Σ b_i /
/// sqrt(d_i), the mean of the b_i, and the mean of each modality, each of length 1; the linear map that takes this closest to what training
/// made of the known users (ridge regression) does the rest. docs/serving.md has what was tried beside.
/// </summary>
internal static class FoldInMap
{
    private const double Ridge = 1e-3;
    private const int BatchRows = 512;

    // What 763,000 users with two modalities of 64 numbers take, or 11,900 with rows of 1,024 and no modality.
    private const double MostProducts = 5e10;

    /// <summary>The width of a history's input: two blocks of behaviour and one of each modality.</summary>
    public static int InputWidth(int dimension, int modalities) => dimension * (2 + modalities);

    /// <summary>A model with the map that fits its known users.</summary>
    public static ServingModel AddTo(ServingModel model)
        => Fit(model) is { } map ? model with { FoldInMap = Block<float>.Copy(map) } : model;

    /// <summary>The behaviour row of a user with the given items; <see langword="null"/> where no item has behaviour.</summary>
    public static float[]? Apply(ServingModel model, ReadOnlySpan<int> items)
    {
        float[] input = Input(model, items);
        int dimension = model.ItemBehavior.Width;
        if (!input.AsSpan(0, dimension).ContainsAnyExcept(0) || !TensorPrimitives.IsFiniteAll<float>(input))
            return null;
        if (model.FoldInMap is not { } map)
            return input[..dimension];
        var row = new float[dimension];
        for (int d = 0; d < dimension; d++)
            row[d] = TensorPrimitives.Dot(map.Row(d, input.Length), input);
        return row;
    }

    /// <summary>
    /// Fits the map to the known users, at even distances where they are many, [D, inputs]; <see langword="null"/> where there is nothing
    /// to fit.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="mostProducts">About how many numbers are multiplied at most.</param>
    public static float[]? Fit(ServingModel model, double mostProducts = MostProducts)
    {
        int dimension = model.ItemBehavior.Width, width = InputWidth(dimension, model.ItemModal.Count);
        Matrix<double> square = Matrix<double>.Build.Dense(width, width), cross = Matrix<double>.Build.Dense(width, dimension);
        var batch = new List<(float[] Input, float[] Target)>();
        double lengths = 0;
        int users = 0, asked = (int)Math.Min(model.UserIds.Count, Math.Max(1, mostProducts / ((double)width * width)));
        for (int n = 0; n < asked; n++)
        {
            if (batch.Count == BatchRows)
                AddBatch();
            Add((int)((long)n * model.UserIds.Count / asked));
        }

        if (users == 0)
            return null;
        AddBatch();
        square += Matrix<double>.Build.DenseIdentity(width) * (Ridge * square.Trace() / width);
        // The column-major storage of the solution is the row-major one of the map.
        return [.. square.Cholesky().Solve(cross).ToColumnMajorArray().Select(w => (float)(w * lengths / users))];

        void AddBatch()
        {
            Matrix<double> x = Matrix<double>.Build.Dense(batch.Count, width, (r, c) => batch[r].Input[c]),
                y = Matrix<double>.Build.Dense(batch.Count, dimension, (r, c) => batch[r].Target[c]);
            square += x.TransposeThisAndMultiply(x);
            cross += x.TransposeThisAndMultiply(y);
            batch.Clear();
        }

        void Add(int user)
        {
            float[] input = Input(model, model.Seen(user)), target = model.UserBehavior[user].ToArray();
            double length = LineFusion.Length(target);
            if (length == 0 || !input.AsSpan(0, dimension).ContainsAnyExcept(0) || !TensorPrimitives.IsFiniteAll<float>(input))
                return;
            for (int n = 0; n < target.Length; n++)
                target[n] = (float)(target[n] / length); // The inverse of a short length is infinite.
            batch.Add((input, target));
            lengths += length;
            users++;
        }
    }

    private static float[] Input(ServingModel model, ReadOnlySpan<int> items)
    {
        int dimension = model.ItemBehavior.Width;
        var input = new float[InputWidth(dimension, model.ItemModal.Count)];
        Span<float> propagated = input.AsSpan(0, dimension), mean = input.AsSpan(dimension, dimension);
        foreach (int item in items)
        {
            if (model.Degree(item) is > 0 and int degree)
            {
                TensorPrimitives.MultiplyAdd(model.ItemBehavior[item], 1 / MathF.Sqrt(degree), propagated, propagated);
                TensorPrimitives.Add(model.ItemBehavior[item], mean, mean);
            }

            for (int m = 0; m < model.ItemModal.Count; m++)
            {
                Span<float> block = input.AsSpan((2 + m) * dimension, dimension);
                TensorPrimitives.Add(model.ItemModal[m][item], block, block);
            }
        }

        for (int block = 0; block < input.Length; block += dimension)
        {
            Span<float> part = input.AsSpan(block, dimension);
            TensorPrimitives.Multiply(part, (float)(1 / Math.Max(1e-12, LineFusion.Length(part))), part);
        }

        return input;
    }
}
