using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Internals;
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
        var matrix = new SymmetricMatrix(gram.Items.Length);
        return Disposal.With(matrix, () =>
        {
            AddAll(matrix, gram, l2, cancellationToken);
            return matrix;
        });
    }

    private static void AddAll(SymmetricMatrix matrix, ItemGram gram, double l2, CancellationToken cancellationToken)
    {
        int[] items = gram.Items;
        AddInteractions(matrix, gram, cancellationToken);
        if (gram.ContentWidth > 0)
        {
            var content = new float[(long)items.Length * gram.ContentWidth];
            for (int place = 0; place < items.Length; place++)
                gram.ContentOf(items[place]).CopyTo(content.AsSpan(place * gram.ContentWidth));
            matrix.AddGram(content, gram.ContentWidth, cancellationToken);
        }

        for (int place = 0; place < items.Length; place++)
            matrix.Add(place, place, (float)l2);
    }

    /// <summary>
    /// Adds XᵀWX, row by row: for each user of the row's item, in their order, the user's items up to that item. Each element is summed in
    /// double precision, as in single precision the sum over a million users is off by thousandths.
    /// </summary>
    private static void AddInteractions(SymmetricMatrix matrix, ItemGram gram, CancellationToken cancellationToken)
    {
        InteractionSet train = gram.Train;
        var places = new int[train.ItemCount];
        for (int place = 0; place < gram.Items.Length; place++)
            places[gram.Items[place]] = place;
        int[] users = train.ExpandUsers();
        var pairsOf = new RowGroups(train.Items, train.ItemCount);
        float[] weights = [.. Enumerable.Range(0, train.UserCount).Select(user => gram.UserWeight(train.ItemsOf(user).Length))];
        Parallelism.ForRanges(gram.Items.Length, minimumPerThread: 16, (from, to) =>
        {
            var sums = new double[to];
            for (int place = from; place < to; place++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int item = gram.Items[place];
                foreach (int pair in pairsOf[item])
                {
                    double weight = weights[users[pair]];
                    foreach (int other in train.ItemsOf(users[pair]))
                    {
                        if (other > item)
                            break;
                        sums[places[other]] += weight;
                    }
                }

                for (int other = 0; other <= place; other++)
                {
                    if (sums[other] > 0)
                        matrix.Add(place, other, (float)sums[other]);
                    sums[other] = 0;
                }
            }
        });
    }
}
