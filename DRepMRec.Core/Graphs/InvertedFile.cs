using System.Buffers;
using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>
/// Rows of length 1 grouped around centres (spherical k-means), group after group in memory: an inverted file (Sivic and Zisserman, ICCV
/// 2003). Rows of zeros are in no group, and a group that is much larger than others is cut into pieces, each a group of its own, so that
/// neither many rows without features nor many equal ones make the search take quadratic time.
/// </summary>
/// <remarks>Depends on the rows alone: no random number, no thread count.</remarks>
internal sealed class InvertedFile
{
    private const int Rounds = 6;
    private const int SamplePerGroup = 48;
    private const int Block = 512;
    private const int RowBlock = 96;
    private const int ColumnBlock = 2048;

    /// <summary>How many times larger than the mean a group may be.</summary>
    private const int MaxRelativeSize = 8;

    private readonly CancellationToken _cancellationToken;
    private readonly int _dimension;
    private readonly int _rowCount;
    private readonly float[] _rows;
    private readonly int[] _names;

    /// <summary>The centre of each group, and where its rows begin.</summary>
    private readonly float[] _centres;
    private readonly int[] _offsets;

    /// <param name="unit">N * dimension values: rows of length 1, or 0.</param>
    /// <param name="dimension">The number of values per row.</param>
    /// <param name="cancellationToken">Stops grouping and searching.</param>
    public InvertedFile(float[] unit, int dimension, CancellationToken cancellationToken = default)
    {
        _cancellationToken = cancellationToken;
        _dimension = dimension;
        _rowCount = unit.Length / dimension;
        int[] present = Present(unit);
        float[] rows = Gather(unit, present);
        int groups = Math.Clamp((int)(2 * Math.Sqrt(present.Length)), 1, Math.Max(1, present.Length));
        float[] centres = Centres(rows, present.Length, groups);
        int[] group = Nearest(rows, present.Length, centres, groups);
        int[] order = [.. Enumerable.Range(0, present.Length).OrderBy(row => group[row])];
        _names = Array.ConvertAll(order, row => present[row]);
        _rows = Gather(rows, order);
        (_offsets, int[] centreOf) = Pieces(Array.ConvertAll(order, row => group[row]), groups);
        _centres = Gather(centres, centreOf);
    }

    /// <summary>The number of groups.</summary>
    public int GroupCount => _offsets.Length - 1;

    /// <summary>The number of rows of the largest group.</summary>
    public int LargestCount => Enumerable.Range(0, GroupCount).Select(Count).DefaultIfEmpty().Max();

    /// <summary>Compares each row with the rows of the groups whose centres are nearest to the centre of its own.</summary>
    public CsrMatrix Search(int neighbors, int probes)
    {
        var links = new NeighborLists(_rowCount, neighbors);
        int groups = GroupCount;
        PackedMatrix[] packed = [.. Enumerable.Range(0, groups).Select(g => new PackedMatrix(Rows(g, 0, Count(g)), Count(g), _dimension))];
        var centres = new PackedMatrix(_centres, groups, _dimension);
        Parallelism.ForRanges(groups, minimumPerThread: 4, (from, to) =>
        {
            float[] scores = [], toCentres = new float[groups];
            var nearest = new TopK(Math.Min(probes, groups));
            TopK[] best = [.. Enumerable.Range(0, RowBlock).Select(_ => new TopK(neighbors, tieOrder: _names))];
            for (int group = from; group < to; group++)
            {
                _cancellationToken.ThrowIfCancellationRequested();
                centres.Multiply(_centres.AsSpan(group * _dimension, _dimension), 1, toCentres);
                toCentres[group] = float.PositiveInfinity;
                nearest.Clear();
                nearest.Offer(toCentres, 0);
                int[] others = [.. nearest.Ranked.ToArray().Select(n => n.Index).Order()];
                for (int first = 0; first < Count(group); first += RowBlock)
                {
                    int rows = Math.Min(RowBlock, Count(group) - first);
                    for (int n = 0; n < rows; n++)
                        best[n].Clear();
                    foreach (int other in others)
                        Compare(group, first, rows, packed[other], other, best, ref scores);
                    for (int n = 0; n < rows; n++)
                        links.Set(_names[_offsets[group] + first + n], best[n], _names);
                }
            }
        });
        return links.ToMatrix();
    }

    /// <summary>Compares rows of a group with all rows of another, a bounded number of products at a time.</summary>
    private void Compare(int group, int first, int rows, PackedMatrix packed, int other, TopK[] best, ref float[] scores)
    {
        for (int start = 0; start < Count(other); start += ColumnBlock)
        {
            int columns = Math.Min(ColumnBlock, Count(other) - start);
            if (scores.Length < rows * columns)
                scores = new float[rows * columns];
            packed.Multiply(Rows(group, first, rows), rows, start, columns, scores);
            for (int n = 0; n < rows; n++)
            {
                Span<float> own = scores.AsSpan(n * columns, columns);
                if (other == group && (uint)(first + n - start) < (uint)columns)
                    own[first + n - start] = float.NegativeInfinity;
                best[n].OfferAscending(own, _offsets[other] + start);
            }
        }
    }

    private int Count(int group) => _offsets[group + 1] - _offsets[group];

    private ReadOnlySpan<float> Rows(int group, int first, int count)
        => _rows.AsSpan((_offsets[group] + first) * _dimension, count * _dimension);

    private int[] Present(float[] unit)
        => [.. Enumerable.Range(0, _rowCount).Where(row => unit.AsSpan(row * _dimension, _dimension).ContainsAnyExcept(0))];

    private float[] Gather(float[] rows, int[] indices)
    {
        var gathered = new float[indices.Length * _dimension];
        for (int n = 0; n < indices.Length; n++)
            rows.AsSpan(indices[n] * _dimension, _dimension).CopyTo(gathered.AsSpan(n * _dimension));
        return gathered;
    }

    /// <summary>Where the groups begin, large ones cut into equal pieces and empty ones left out, and each group's centre.</summary>
    /// <param name="group">The group of each row, ascending.</param>
    /// <param name="groups">The number of groups.</param>
    private static (int[] Offsets, int[] Centres) Pieces(int[] group, int groups)
    {
        int largest = MaxRelativeSize * Math.Max(1, (group.Length + groups - 1) / groups);
        List<int> offsets = [0], centres = [];
        for (int start = 0, end; start < group.Length; start = end)
        {
            for (end = start; end < group.Length && group[end] == group[start];)
                end++;
            int pieces = (end - start + largest - 1) / largest;
            for (int p = 1; p <= pieces; p++)
            {
                offsets.Add(start + (int)((long)(end - start) * p / pieces));
                centres.Add(group[start]);
            }
        }

        return ([.. offsets], [.. centres]);
    }

    /// <summary>Means of a sample that is spread evenly over the rows.</summary>
    private float[] Centres(float[] unit, int count, int groups)
    {
        int sampled = (int)Math.Min(count, (long)groups * SamplePerGroup);
        float[] sample = Gather(unit, [.. Enumerable.Range(0, sampled).Select(n => (int)((long)n * count / sampled))]);
        float[] centres = sampled == 0 ? []
            : Gather(sample, [.. Enumerable.Range(0, groups).Select(g => (int)((long)g * sampled / groups))]);
        for (int round = 0; round < Rounds; round++)
        {
            int[] group = Nearest(sample, sampled, centres, groups);
            var sums = new float[centres.Length];
            for (int n = 0; n < sampled; n++)
            {
                Span<float> sum = sums.AsSpan(group[n] * _dimension, _dimension);
                TensorPrimitives.Add(sum, sample.AsSpan(n * _dimension, _dimension), sum);
            }

            for (int g = 0; g < groups && sampled > 0; g++)
            {
                Span<float> sum = sums.AsSpan(g * _dimension, _dimension);
                float length = TensorPrimitives.Norm<float>(sum);

                // A group that lost all its rows keeps its centre.
                if (length > 0)
                    TensorPrimitives.Divide(sum, length, centres.AsSpan(g * _dimension, _dimension));
            }
        }

        return centres;
    }

    private int[] Nearest(float[] rows, int count, float[] centres, int groups)
    {
        var nearest = new int[count];
        if (count == 0)
            return nearest;
        var packed = new PackedMatrix(centres, groups, _dimension);
        Parallelism.ForRanges((count + Block - 1) / Block, minimumPerThread: 1, (from, to) =>
        {
            float[] rented = ArrayPool<float>.Shared.Rent(Block * groups);
            Span<float> scores = rented.AsSpan(0, Block * groups);
            for (int start = from * Block; start < Math.Min(count, to * Block); start += Block)
            {
                _cancellationToken.ThrowIfCancellationRequested();
                int block = Math.Min(Block, count - start);
                packed.Multiply(rows.AsSpan(start * _dimension, block * _dimension), block, scores);
                for (int n = 0; n < block; n++)
                    nearest[start + n] = TensorPrimitives.IndexOfMax<float>(scores.Slice(n * groups, groups));
            }

            ArrayPool<float>.Shared.Return(rented);
        });
        return nearest;
    }
}
