using System.Numerics.Tensors;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Kernels;

namespace DRepMRec.ItemToItem;

/// <summary>
/// The weights of each item by a ridge regression over the items nearest to it, b = (G_SS + lambda I)⁻¹ G_Sj. With all items in S it is
/// what <see cref="ExactSolver"/> gives.
/// </summary>
internal sealed class RegressionSolver
{
    private readonly ItemGram _gram;
    private readonly CsrMatrix _byUsers;
    private readonly CsrMatrix? _byContent;
    private readonly CsrMatrix _usersOfItems;
    private readonly double _l2;

    private RegressionSolver(ItemGram gram, int neighbors, double l2, CancellationToken cancellationToken)
    {
        (_gram, _l2) = (gram, l2);
        var graph = new InteractionGraph(gram.Train);
        _usersOfItems = graph.UserMeans.Transpose();
        _byUsers = NeighborGraph.CoOccurrence(graph, neighbors, cancellationToken: cancellationToken);
        if (gram.ContentWidth > 0)
        {
            _byContent = gram.Train.ItemCount <= ModalFeatures.ExactItems
                ? NeighborGraph.Cosine(gram.Content, gram.ContentWidth, neighbors, cancellationToken)
                : NeighborGraph.ApproximateCosine(
                    gram.Content, gram.ContentWidth, neighbors, cancellationToken: cancellationToken);
        }
    }

    /// <exception cref="ArgumentException">A system can't be solved, or there are more weights than an array holds.</exception>
    public static (CsrMatrix Weights, float[] Residuals) Solve(
        ItemGram gram, ItemToItemOptions options, CancellationToken cancellationToken)
    {
        int items = gram.Train.ItemCount;
        var columns = new ItemWeights(items, int.MaxValue);
        var residuals = new float[items];
        var solver = new RegressionSolver(gram, options.Neighbors, options.L2, cancellationToken);
        solver.ThrowIfTooMany(options.Neighbors);
        Parallelism.ForRanges(gram.Items.Length, minimumPerThread: 16, (from, to) =>
        {
            var room = new Room(gram.Train.UserCount);
            TopK selection = columns.NewSelection();
            for (int n = from; n < to; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int item = gram.Items[n];
                int[] sources = solver.Sources(item);
                (float[] own, residuals[item]) = solver.Regress(item, sources, room);
                columns.Set(item, sources, own, selection);
            }
        });
        return (Trim(columns.ToMatrix().Transpose(), options.KeptWeights), residuals);
    }

    /// <summary>Says before all the solving what would end it: weights are trimmed once they stand in one matrix.</summary>
    private void ThrowIfTooMany(int neighbors)
    {
        if ((long)_byUsers.Columns.Length + (_byContent?.Columns.Length ?? 0) <= Array.MaxLength)
            return;
        long count = _gram.Items.Sum(item => (long)Sources(item).Length);
        if (count > Array.MaxLength)
        {
            throw new ArgumentException($"{_gram.Items.Length} items have {count} weights with {nameof(ItemToItemOptions.Neighbors)} "
                + $"{neighbors}, more than the {Array.MaxLength} of one matrix: expected fewer.");
        }
    }

    private static CsrMatrix Trim(CsrMatrix all, int kept)
    {
        var rows = new ItemWeights(all.RowCount, kept);
        TopK selection = rows.NewSelection();
        for (int row = 0; row < all.RowCount; row++)
        {
            Range own = all.RowOffsets[row]..all.RowOffsets[row + 1];
            rows.Set(row, all.Columns[own], all.Values[own], selection);
        }

        return rows.ToMatrix();
    }

    private int[] Sources(int item)
    {
        IEnumerable<int> Linked(CsrMatrix graph)
            => graph.Columns[graph.RowOffsets[item]..graph.RowOffsets[item + 1]].ToArray();
        IEnumerable<int> linked = Linked(_byUsers);
        return [.. (_byContent is null ? linked : linked.Union(Linked(_byContent))).Where(other => other != item).Order()];
    }

    private (float[] Weights, float Residual) Regress(int item, int[] sources, Room room)
    {
        int size = sources.Length, width = size + 1;
        double[] matrix = Gram([.. sources, item], room);
        for (int n = 0; n < width; n++)
            matrix[(n * width) + n] += _l2;

        // The factor L of G = L Lᵀ, row by row; the last row is that of the item: L_S⁻¹ G_Sj, and sqrt(1 / P_jj) at its end.
        for (int row = 0; row < width; row++)
        {
            Span<double> own = matrix.AsSpan(row * width, width);
            for (int column = 0; column <= row; column++)
            {
                double rest = own[column]
                    - TensorPrimitives.Dot<double>(own[..column], matrix.AsSpan(column * width, column));
                if (column == row && !(rest > 0))
                {
                    throw new ArgumentException(FormattableString.Invariant(
                        $"The regression of the item with index {item} can't be solved with {nameof(ItemToItemOptions.L2)} {_l2}: ")
                        + "expected more.");
                }

                own[column] = column == row ? Math.Sqrt(rest) : rest / matrix[(column * width) + column];
            }
        }

        double[] solution = matrix[(size * width)..((size * width) + size)];
        for (int n = size - 1; n >= 0; n--)
        {
            solution[n] /= matrix[(n * width) + n];
            Span<double> before = solution.AsSpan(0, n);
            TensorPrimitives.MultiplyAdd(matrix.AsSpan(n * width, n), -solution[n], before, before);
        }

        return (Array.ConvertAll(solution, value => (float)value), (float)Math.Pow(matrix[(size * width) + size], 2));
    }

    /// <summary>G over some items, the lower half: for each user, the pairs of its items that are among them.</summary>
    private double[] Gram(int[] items, Room room)
    {
        int width = items.Length;
        var gram = new double[width * width];
        room.Entries.Clear();
        for (int a = 0; a < width; a++)
        {
            Span<double> own = gram.AsSpan(a * width, width);
            foreach (int user in _usersOfItems.Columns[_usersOfItems.RowOffsets[items[a]].._usersOfItems.RowOffsets[items[a] + 1]])
            {
                double weight = _gram.UserWeight(_gram.Train.ItemsOf(user).Length);
                own[a] += weight;
                for (int entry = room.Last[user]; entry > 0; entry = room.Entries[entry - 1].Before)
                    own[room.Entries[entry - 1].Place] += weight;
                room.Entries.Add((a, room.Last[user], user));
                room.Last[user] = room.Entries.Count;
            }

            for (int b = 0; _gram.ContentWidth > 0 && b <= a; b++)
                own[b] += TensorPrimitives.Dot(_gram.ContentOf(items[a]), _gram.ContentOf(items[b]));
        }

        foreach (var (_, _, user) in room.Entries)
            room.Last[user] = 0;
        return gram;
    }

    /// <summary>For each user the places of its items so far: a list from the last to the first.</summary>
    private sealed class Room(int users)
    {
        /// <summary>For each user, 1 + the number of its last entry; 0 for none.</summary>
        public int[] Last { get; } = new int[users];

        public List<(int Place, int Before, int User)> Entries { get; } = [];
    }
}
