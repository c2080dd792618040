using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>Rows of length 1 grouped around centres (spherical k-means), group after group in memory: an inverted file (Sivic and Zisserman, ICCV 2003).</summary>
/// <remarks>Depends on the rows alone: no random number, no thread count.</remarks>
internal sealed class InvertedFile
{
    private const int Rounds = 6;
    private const int SamplePerGroup = 48;
    private const int Block = 512;
    private readonly int _dimension;
    private readonly int _groups;
    private readonly float[] _centres;
    private readonly float[] _rows;
    private readonly int[] _names;
    private readonly int[] _offsets;

    /// <param name="unit">N * dimension values: rows of length 1, or 0.</param>
    /// <param name="dimension">The number of values per row.</param>
    public InvertedFile(float[] unit, int dimension)
    {
        int count = unit.Length / dimension;
        _dimension = dimension;
        _groups = Math.Clamp((int)(2 * Math.Sqrt(count)), 1, Math.Max(1, count));
        _centres = Centres(unit, count);
        int[] group = Assign(unit, count);
        _offsets = new int[_groups + 1];
        foreach (int g in group)
            _offsets[g + 1]++;
        for (int g = 0; g < _groups; g++)
            _offsets[g + 1] += _offsets[g];
        int[] next = _offsets[..^1];
        _names = new int[count];
        _rows = new float[unit.Length];
        for (int row = 0; row < count; row++)
        {
            int place = next[group[row]]++;
            _names[place] = row;
            unit.AsSpan(row * dimension, dimension).CopyTo(_rows.AsSpan(place * dimension));
        }
    }

    /// <summary>Compares each row with the rows of the groups whose centres are nearest to the centre of its own.</summary>
    public CsrMatrix Search(int neighbors, int probes)
    {
        var links = new NeighborLists(_names.Length, neighbors);
        PackedMatrix[] packed = [.. Enumerable.Range(0, _groups).Select(g => new PackedMatrix(Rows(g), Count(g), _dimension))];
        var centres = new PackedMatrix(_centres, _groups, _dimension);
        Parallelism.ForRanges(_groups, minimumPerThread: 4, (from, to) =>
        {
            float[] scores = [], toCentres = new float[_groups];
            var nearest = new TopK(Math.Min(probes, _groups));
            for (int group = from; group < to; group++)
            {
                int count = Count(group);
                if (count == 0)
                    continue;
                centres.Multiply(_centres.AsSpan(group * _dimension, _dimension), 1, toCentres);
                toCentres[group] = float.PositiveInfinity;
                nearest.Clear();
                nearest.Offer(toCentres, 0);
                TopK[] best = [.. Enumerable.Range(0, count).Select(_ => new TopK(neighbors))];
                foreach (int other in nearest.Ranked.ToArray().Select(n => n.Index).Order())
                {
                    int others = Count(other);
                    if (scores.Length < count * others)
                        scores = new float[count * others];
                    packed[other].Multiply(Rows(group), count, scores);
                    for (int n = 0; n < count; n++)
                    {
                        if (other == group)
                            scores[(n * others) + n] = float.NegativeInfinity;
                        best[n].Offer(scores.AsSpan(n * others, others), _offsets[other]);
                    }
                }

                for (int n = 0; n < count; n++)
                    links.Set(_names[_offsets[group] + n], best[n], _names);
            }
        });
        return links.ToMatrix();
    }

    private int Count(int group) => _offsets[group + 1] - _offsets[group];

    private ReadOnlySpan<float> Rows(int group) => _rows.AsSpan(_offsets[group] * _dimension, Count(group) * _dimension);

    /// <summary>Means of a sample that is spread evenly over the rows.</summary>
    private float[] Centres(float[] unit, int count)
    {
        int sampled = Math.Min(count, _groups * SamplePerGroup);
        var sample = new float[sampled * _dimension];
        for (int n = 0; n < sampled; n++)
            unit.AsSpan((int)((long)n * count / sampled) * _dimension, _dimension).CopyTo(sample.AsSpan(n * _dimension));
        var centres = new float[_groups * _dimension];
        for (int g = 0; g < _groups; g++)
            sample.AsSpan((int)((long)g * sampled / _groups) * _dimension, _dimension).CopyTo(centres.AsSpan(g * _dimension));
        for (int round = 0; round < Rounds; round++)
        {
            int[] group = Nearest(sample, sampled, centres);
            var sums = new float[centres.Length];
            for (int n = 0; n < sampled; n++)
            {
                Span<float> sum = sums.AsSpan(group[n] * _dimension, _dimension);
                TensorPrimitives.Add(sum, sample.AsSpan(n * _dimension, _dimension), sum);
            }

            for (int g = 0; g < _groups; g++)
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

    private int[] Assign(float[] unit, int count) => Nearest(unit, count, _centres);

    private int[] Nearest(float[] rows, int count, float[] centres)
    {
        var packed = new PackedMatrix(centres, _groups, _dimension);
        var nearest = new int[count];
        Parallelism.ForRanges((count + Block - 1) / Block, minimumPerThread: 1, (from, to) =>
        {
            var scores = new float[Block * _groups];
            for (int start = from * Block; start < Math.Min(count, to * Block); start += Block)
            {
                int block = Math.Min(Block, count - start);
                packed.Multiply(rows.AsSpan(start * _dimension, block * _dimension), block, scores);
                for (int n = 0; n < block; n++)
                    nearest[start + n] = TensorPrimitives.IndexOfMax<float>(scores.AsSpan(n * _groups, _groups));
            }
        });
        return nearest;
    }
}
