namespace DRepMRec.Serving;

/// <summary>
/// Whom each node is linked to: the rows of a file, never copied, and newer rows for some nodes in pages that later versions share.
/// Immutable and safe for use by many threads.
/// </summary>
internal sealed class EdgeRows
{
    private const int Shift = 6;
    private const int PageRows = 1 << Shift;

    private readonly Block<long> _offsets;
    private readonly Block<int> _columns;
    private readonly Block<float>? _weights;
    private readonly EdgeRow?[]?[] _newer;

    /// <summary>The rows of a file.</summary>
    /// <param name="offsets">Where each row begins, and where the last one ends.</param>
    /// <param name="columns">The other end of each edge, ascending within a row.</param>
    /// <param name="weights">The weight of each edge; <see langword="null"/> for 1 each.</param>
    public EdgeRows(Block<long> offsets, Block<int> columns, Block<float>? weights)
        : this(offsets, columns, weights, [], (int)(offsets.Length - 1))
    {
    }

    private EdgeRows(Block<long> offsets, Block<int> columns, Block<float>? weights, EdgeRow?[]?[] newer, int count)
        => (_offsets, _columns, _weights, _newer, Count) = (offsets, columns, weights, newer, count);

    /// <summary>The number of nodes.</summary>
    public int Count { get; }

    private int FileCount => (int)(_offsets.Length - 1);

    /// <summary>The nodes that a node is linked to, ascending.</summary>
    public ReadOnlySpan<int> Of(int row)
    {
        if (Newer(row) is { } newer)
            return newer.Columns;
        if ((uint)row >= (uint)FileCount)
            return [];
        long from = _offsets[row];
        return _columns.Slice(from, _offsets[row + 1L] - from);
    }

    /// <summary>The weights of a node's edges, in their order; empty for 1 each.</summary>
    public ReadOnlySpan<float> WeightsOf(int row)
    {
        if (Newer(row) is { } newer)
            return newer.Weights;
        if (_weights is null || (uint)row >= (uint)FileCount)
            return [];
        long from = _offsets[row];
        return _weights.Slice(from, _offsets[row + 1L] - from);
    }

    /// <summary>Whether a node's row is newer than the file.</summary>
    public bool IsNewer(int row) => Newer(row) is not null;

    /// <summary>Whether an edge has a weight other than 1.</summary>
    public bool HasWeights => _weights is not null || _newer.Any(page => page?.Any(row => row is { Weights.Length: > 0 }) == true);

    /// <summary>A version with other rows for some nodes.</summary>
    /// <param name="rows">The new rows by node.</param>
    /// <param name="count">The number of nodes.</param>
    public EdgeRows With(IReadOnlyCollection<KeyValuePair<int, EdgeRow>> rows, int count)
    {
        var newer = new EdgeRow?[]?[(count + PageRows - 1) >> Shift];
        _newer.CopyTo(newer, 0);
        var copied = new HashSet<int>();
        foreach (var (row, edges) in rows)
        {
            int page = row >> Shift;
            if (copied.Add(page))
                newer[page] = newer[page]?.ToArray() ?? new EdgeRow?[PageRows];
            newer[page]![row & (PageRows - 1)] = edges;
        }

        return new EdgeRows(_offsets, _columns, _weights, newer, count);
    }

    /// <summary>The edges of some nodes alone, in the order of the nodes given.</summary>
    public EdgeRows Select(int[] rows) => new EdgeRows(Block<long>.Copy([0L]), Block<int>.Empty, null)
        .With([.. rows.Select((row, n) => KeyValuePair.Create(n, new EdgeRow(Of(row).ToArray(), WeightsOf(row).ToArray())))], rows.Length);

    /// <summary>All rows one after the other, as a file has them.</summary>
    public (Block<long> Offsets, Block<int> Columns, Block<float>? Weights) Flatten()
    {
        if (Count == FileCount && _newer.Length == 0)
            return (_offsets, _columns, _weights);
        var offsets = new long[Count + 1];
        for (int row = 0; row < Count; row++)
            offsets[row + 1] = offsets[row] + Of(row).Length;
        var columns = new int[offsets[^1]];
        float[]? weights = HasWeights ? new float[columns.Length] : null;
        for (int row = 0; row < Count; row++)
        {
            int from = (int)offsets[row], length = (int)(offsets[row + 1] - offsets[row]);
            Of(row).CopyTo(columns.AsSpan(from));
            if (weights is null)
                continue;
            ReadOnlySpan<float> own = WeightsOf(row);
            if (own.IsEmpty)
                weights.AsSpan(from, length).Fill(1);
            else
                own.CopyTo(weights.AsSpan(from));
        }

        return (Block<long>.Copy(offsets), Block<int>.Copy(columns), weights is null ? null : Block<float>.Copy(weights));
    }

    /// <summary>The same edges from their other ends.</summary>
    /// <param name="count">The number of nodes at the other ends.</param>
    /// <exception cref="ModelFileException">The edges of a node don't ascend, or lead to one that isn't there.</exception>
    public EdgeRows Transpose(int count)
    {
        var offsets = new long[count + 1];
        for (int row = 0; row < Count; row++)
        {
            int previous = -1;
            foreach (int column in Of(row))
            {
                if (column <= previous || column >= count)
                {
                    throw new ModelFileException($"The model is damaged: the items of the user with index {row} must ascend from 0 to "
                        + $"{count - 1}; {column} comes after {previous}.");
                }

                offsets[column + 1]++;
                previous = column;
            }
        }

        for (int c = 0; c < count; c++)
            offsets[c + 1] += offsets[c];
        long[] next = offsets[..^1];
        var columns = new int[offsets[^1]];
        float[]? weights = HasWeights ? new float[columns.Length] : null;
        for (int row = 0; row < Count; row++)
        {
            ReadOnlySpan<int> own = Of(row);
            ReadOnlySpan<float> ownWeights = WeightsOf(row);
            for (int e = 0; e < own.Length; e++)
            {
                long at = next[own[e]]++;
                columns[at] = row;
                if (weights is not null)
                    weights[at] = ownWeights.IsEmpty ? 1 : ownWeights[e];
            }
        }

        return new EdgeRows(Block<long>.Copy(offsets), Block<int>.Copy(columns), weights is null ? null : Block<float>.Copy(weights));
    }

    private EdgeRow? Newer(int row) => (row >> Shift) < _newer.Length ? _newer[row >> Shift]?[row & (PageRows - 1)] : null;
}

/// <summary>The edges of one node.</summary>
/// <param name="Columns">The nodes at the other ends, ascending.</param>
/// <param name="Weights">Their weights; empty for 1 each.</param>
internal sealed record EdgeRow(int[] Columns, float[] Weights)
{
    /// <summary>A row with edges put in, which take the place of those that are there.</summary>
    /// <param name="columns">The edges that are there, ascending.</param>
    /// <param name="weights">Their weights; empty for 1 each.</param>
    /// <param name="more">The edges to put in, ascending, each once; NaN leaves the weight of an edge that is there, and is 1 else.</param>
    public static EdgeRow Merge(ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, ReadOnlySpan<(int Column, float Weight)> more)
    {
        var merged = new int[columns.Length + more.Length];
        var mergedWeights = new float[merged.Length];
        int next = 0, a = 0, b = 0;
        while (a < columns.Length || b < more.Length)
        {
            bool isOld = b == more.Length || (a < columns.Length && columns[a] <= more[b].Column);
            bool isNew = a == columns.Length || (b < more.Length && more[b].Column <= columns[a]);
            float weight = isOld ? (weights.IsEmpty ? 1 : weights[a]) : 1;
            merged[next] = isOld ? columns[a] : more[b].Column;
            mergedWeights[next++] = isNew && !float.IsNaN(more[b].Weight) ? more[b].Weight : weight;
            a += isOld ? 1 : 0;
            b += isNew ? 1 : 0;
        }

        float[] kept = mergedWeights.AsSpan(0, next).ContainsAnyExcept(1f) ? mergedWeights[..next] : [];
        return new EdgeRow(next == merged.Length ? merged : merged[..next], kept);
    }
}
