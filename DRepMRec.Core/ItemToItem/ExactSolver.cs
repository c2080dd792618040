using System.Numerics.Tensors;
using DRepMRec.Graphs;
using DRepMRec.Kernels;

namespace DRepMRec.ItemToItem;

/// <summary>B = I - P diag(P)⁻¹, P = (G + lambda I)⁻¹: by inverting the whole matrix.</summary>
internal static class ExactSolver
{
    /// <exception cref="ArgumentException">The matrix can't be inverted in single precision.</exception>
    public static (CsrMatrix Weights, float[] Residuals) Solve(
        ItemGram gram, double l2, int kept, CancellationToken cancellationToken)
    {
        var (weights, residuals) = Rows(gram, l2, kept, cancellationToken);
        return (weights.ToMatrix(), residuals);
    }

    /// <summary>
    /// The weights row by row. The inverted matrix goes before they become one matrix, which needs their memory a second time.
    /// </summary>
    private static (ItemWeights Weights, float[] Residuals) Rows(
        ItemGram gram, double l2, int kept, CancellationToken cancellationToken)
    {
        int[] items = gram.Items;
        using SymmetricMatrix matrix = Fill(gram, l2, cancellationToken);
        try
        {
            matrix.Invert(cancellationToken);
        }
        catch (ArithmeticException e)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The Gram matrix of {items.Length} items can't be inverted in single precision with {nameof(ItemToItemOptions.L2)} {l2}: ")
                + "expected more.", e);
        }

        var inverseDiagonal = new float[items.Length];
        var residuals = new float[gram.Train.ItemCount];
        for (int place = 0; place < items.Length; place++)
            residuals[items[place]] = inverseDiagonal[place] = 1 / matrix[place, place];
        var weights = new ItemWeights(gram.Train.ItemCount, kept);
        Parallelism.ForRanges(items.Length, minimumPerThread: 16, (from, to) =>
        {
            var row = new float[items.Length];
            TopK selection = weights.NewSelection();
            for (int place = from; place < to; place++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                matrix.CopyRow(place, row);
                TensorPrimitives.Multiply(row, inverseDiagonal, row);
                TensorPrimitives.Negate(row, row);
                row[place] = 0;
                weights.Set(items[place], items, row, selection);
            }
        });
        return (weights, residuals);
    }

    private static SymmetricMatrix Fill(ItemGram gram, double l2, CancellationToken cancellationToken)
    {
        int[] items = gram.Items;
        var places = new int[gram.Train.ItemCount];
        for (int place = 0; place < items.Length; place++)
            places[items[place]] = place;
        var matrix = new SymmetricMatrix(items.Length);
        for (int user = 0; user < gram.Train.UserCount; user++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<int> own = gram.Train.ItemsOf(user);
            float weight = gram.UserWeight(own.Length);
            for (int a = 0; a < own.Length; a++)
            {
                for (int b = 0; b <= a; b++)
                    matrix.Add(places[own[a]], places[own[b]], weight);
            }
        }

        if (gram.ContentWidth > 0)
        {
            var content = new float[(long)items.Length * gram.ContentWidth];
            for (int place = 0; place < items.Length; place++)
                gram.ContentOf(items[place]).CopyTo(content.AsSpan(place * gram.ContentWidth));
            matrix.AddGram(content, gram.ContentWidth, cancellationToken);
        }

        for (int place = 0; place < items.Length; place++)
            matrix.Add(place, place, (float)l2);
        return matrix;
    }
}
