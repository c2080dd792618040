using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>Graphs that link each node to its k most similar others.</summary>
/// <remarks>Nodes without features have empty rows. Lower indices come first among equals; similarities up to 0 make no link.</remarks>
public static class NeighborGraph
{
    private const int RowBlock = 96;
    private const int ColumnBlock = 2048;

    /// <summary>Links each row to the rows with the largest cosine to it, exactly: in memory N * (dimension + k) and time N².</summary>
    /// <param name="rows">N * dimension values, row by row.</param>
    /// <param name="dimension">The number of values per row.</param>
    /// <param name="neighbors">The number of neighbours k.</param>
    /// <param name="cancellationToken">Stops between two blocks of rows.</param>
    /// <returns>[N, N] with the cosines as values, without the diagonal.</returns>
    /// <exception cref="ArgumentException">The number of values isn't a multiple of the dimension, or one isn't finite.</exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public static CsrMatrix Cosine(ReadOnlySpan<float> rows, int dimension, int neighbors, CancellationToken cancellationToken = default)
    {
        float[] unit = Normalize(rows, dimension, neighbors);
        int count = unit.Length / dimension;
        var packed = new PackedMatrix(unit, count, dimension);
        var links = new NeighborLists(count, neighbors);
        Parallelism.ForRanges((count + RowBlock - 1) / RowBlock, minimumPerThread: 1, (from, to) =>
        {
            var similarities = new float[RowBlock * ColumnBlock];
            TopK[] best = [.. Enumerable.Range(0, RowBlock).Select(_ => new TopK(neighbors))];
            for (int start = from * RowBlock; start < Math.Min(count, to * RowBlock); start += RowBlock)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int block = Math.Min(RowBlock, count - start);
                foreach (TopK list in best)
                    list.Clear();
                for (int first = 0; first < count; first += ColumnBlock)
                {
                    int columns = Math.Min(ColumnBlock, count - first);
                    packed.Multiply(unit.AsSpan(start * dimension, block * dimension), block, first, columns, similarities);
                    for (int n = 0; n < block; n++)
                    {
                        Span<float> own = similarities.AsSpan(n * columns, columns);
                        if ((uint)(start + n - first) < (uint)columns)
                            own[start + n - first] = float.NegativeInfinity;
                        best[n].Offer(own, first);
                    }
                }

                for (int n = 0; n < block; n++)
                    links.Set(start + n, best[n]);
            }
        });
        return links.ToMatrix();
    }

    /// <summary>
    /// <see cref="Cosine"/> by an inverted file, for more rows than exact search has time for: rows are grouped around centres, and each
    /// row is compared, exactly, with the rows of the groups that are nearest to its own. Links may be missed, never made up: a link that
    /// is found has its true cosine.
    /// </summary>
    /// <param name="rows">N * dimension values, row by row.</param>
    /// <param name="dimension">The number of values per row.</param>
    /// <param name="neighbors">The number of neighbours k.</param>
    /// <param name="probes">How many of the about 2 sqrt(N) groups are searched, at least 1: the more, the fewer links are missed.</param>
    /// <param name="cancellationToken">Stops between two groups.</param>
    /// <returns>[N, N] with the cosines as values, without the diagonal.</returns>
    /// <exception cref="ArgumentException">The number of values isn't a multiple of the dimension, or one isn't finite.</exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public static CsrMatrix ApproximateCosine(
        ReadOnlySpan<float> rows, int dimension, int neighbors, int probes = 32, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(probes);
        float[] unit = Normalize(rows, dimension, neighbors);
        return new InvertedFile(unit, dimension, cancellationToken).Search(neighbors, probes);
    }

    /// <summary>
    /// Links each user to the users that share most items with it, |N_u ∩ N_v| as similarity; rows are averages. Exact, so that time grows
    /// with the sum over items of the squares of their numbers of users.
    /// </summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="neighbors">The number of neighbours k.</param>
    /// <returns>[U, U]; each row that isn't empty sums to 1.</returns>
    public static CsrMatrix CoInteraction(InteractionGraph graph, int neighbors)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbors);
        CsrMatrix itemsOfUsers = graph.UserMeans;
        return Average(MostShared(itemsOfUsers, itemsOfUsers.Transpose(), _ => 1, neighbors, (_, _, shared) => shared));
    }

    /// <summary>
    /// Links each item to the items that are most similar by their users: s_ij / (sqrt(s_ii s_jj) + shrinkage), s_ij being the number of
    /// users that both have, or, where users count by how much they tell, the sum of 1 / |N_u| over them: the cosine between columns of the
    /// user-item matrix, whose rows then have length 1 (Deshpande and Karypis, TOIS 2004, section 4.2). Exact, so that time grows with the
    /// sum over users of the squares of their numbers of items.
    /// </summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="neighbors">The number of neighbours k.</param>
    /// <param name="normalizeUsers">Whether a user of many items counts less.</param>
    /// <param name="shrinkage">Added to the denominator, 0 or above: the more, the less is believed of items with few users.</param>
    /// <param name="cancellationToken">Stops between two items.</param>
    /// <returns>[I, I] with the similarities as values, without the diagonal.</returns>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public static CsrMatrix CoOccurrence(
        InteractionGraph graph, int neighbors, bool normalizeUsers = true, double shrinkage = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbors);
        Guard.NotNegative(shrinkage, nameof(shrinkage));
        double Weight(int user) => normalizeUsers ? 1.0 / graph.UserDegree(user) : 1;
        CsrMatrix itemsOfUsers = graph.UserMeans, usersOfItems = itemsOfUsers.Transpose();
        var own = new double[graph.ItemCount];
        for (int item = 0; item < own.Length; item++)
        {
            foreach (int user in usersOfItems.Columns[usersOfItems.RowOffsets[item]..usersOfItems.RowOffsets[item + 1]])
                own[item] += Weight(user);
        }

        return MostShared(usersOfItems, itemsOfUsers, Weight, neighbors,
            (item, other, shared) => shared / (Math.Sqrt(own[item] * own[other]) + shrinkage), cancellationToken);
    }

    /// <summary>Links each row to the k others that are most similar by the weights of the columns that both have.</summary>
    private static CsrMatrix MostShared(CsrMatrix matrix, CsrMatrix transpose, Func<int, double> weight, int neighbors,
        Func<int, int, double, double> similarity, CancellationToken cancellationToken = default)
    {
        var rows = new List<(int Column, float Value)>[matrix.RowCount];
        Parallelism.ForRanges(matrix.RowCount, minimumPerThread: 64, (from, to) =>
        {
            var shared = new double[matrix.RowCount];
            var touched = new List<int>();
            for (int row = from; row < to; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (int column in matrix.Columns[matrix.RowOffsets[row]..matrix.RowOffsets[row + 1]])
                {
                    double share = weight(column);
                    foreach (int other in transpose.Columns[transpose.RowOffsets[column]..transpose.RowOffsets[column + 1]])
                    {
                        if (other == row)
                            continue;
                        if (shared[other] == 0)
                            touched.Add(other);
                        shared[other] += share;
                    }
                }

                rows[row] = [.. touched.Select(v => (v, (float)similarity(row, v, shared[v])))
                    .OrderByDescending(n => n.Item2).ThenBy(n => n.v).Take(neighbors).OrderBy(n => n.v)];
                foreach (int other in touched)
                    shared[other] = 0;
                touched.Clear();
            }
        });
        return FromRows(rows);
    }

    /// <summary>The links of a matrix, each row an average of its neighbours.</summary>
    /// <param name="graph">A graph of similarities, all above 0.</param>
    /// <returns>A matrix of that shape; each row that isn't empty sums to 1.</returns>
    public static CsrMatrix Average(CsrMatrix graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var values = new float[graph.NonZeroCount];
        for (int row = 0; row < graph.RowCount; row++)
        {
            int from = graph.RowOffsets[row], to = graph.RowOffsets[row + 1];
            values.AsSpan(from..to).Fill(1f / Math.Max(1, to - from));
        }

        return graph.WithValues(values);
    }

    /// <summary>The nearest of the links of each row: of equally similar nodes the one with the lower index comes first.</summary>
    /// <param name="graph">A graph of similarities.</param>
    /// <param name="neighbors">The most links that a row keeps.</param>
    internal static CsrMatrix Nearest(CsrMatrix graph, int neighbors)
    {
        var rows = new List<(int Column, float Value)>[graph.RowCount];
        for (int row = 0; row < rows.Length; row++)
        {
            var links = new List<(int Column, float Value)>();
            for (int e = graph.RowOffsets[row]; e < graph.RowOffsets[row + 1]; e++)
                links.Add((graph.Columns[e], graph.Values[e]));
            rows[row] = links.Count <= neighbors
                ? links
                : [.. links.OrderByDescending(link => link.Value).ThenBy(link => link.Column).Take(neighbors).OrderBy(link => link.Column)];
        }

        return FromRows(rows);
    }

    private static float[] Normalize(ReadOnlySpan<float> rows, int dimension, int neighbors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbors);
        if (rows.Length % dimension != 0)
            throw new ArgumentException($"Expected a multiple of {dimension} values, got {rows.Length}.", nameof(rows));
        float[] unit = rows.ToArray();
        for (int start = 0; start < unit.Length; start += dimension)
        {
            Span<float> row = unit.AsSpan(start, dimension);
            double squares = 0;
            foreach (float value in row)
                squares += (double)value * value;
            if (!double.IsFinite(squares))
                throw new ArgumentException($"Row {start / dimension} has a value that isn't finite.", nameof(rows));
            double scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
            float factor = (float)scale;
            bool fitsSingle = float.IsNormal(factor);
            foreach (ref float value in row)
                value = fitsSingle ? value * factor : (float)(value * scale);
        }

        return unit;
    }

    private static CsrMatrix FromRows(List<(int Column, float Value)>[] rows)
    {
        long links = rows.Sum(r => (long)r.Count);
        if (links > Array.MaxLength)
            throw new ArgumentException($"{rows.Length} rows have {links} links, more than the {Array.MaxLength} of one matrix: expected "
                + "fewer neighbours for each.");
        var offsets = new int[rows.Length + 1];
        for (int r = 0; r < rows.Length; r++)
            offsets[r + 1] = offsets[r] + rows[r].Count;
        int[] columns = [.. rows.SelectMany(r => r.Select(e => e.Column))];
        float[] values = [.. rows.SelectMany(r => r.Select(e => e.Value))];
        return new CsrMatrix(rows.Length, rows.Length, offsets, columns, values);
    }
}
