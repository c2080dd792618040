using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DRepMRec.Kernels;

/// <summary>Keeps the K best of the scores that are offered to it in the order of their indices: higher first, of equal ones the lower index first. What isn't finite is never kept.</summary>
/// <param name="capacity">K.</param>
/// <param name="minimum">Scores below aren't kept.</param>
/// <param name="admits">Asked only for those that would be kept; <see langword="null"/> admits all.</param>
internal sealed class Selection(int capacity, float minimum, Func<int, bool>? admits)
{
    private readonly List<(float Score, int Index)> _heap = new(Math.Min(capacity, 256));
    private float _threshold = float.BitDecrement(minimum);

    /// <summary>Offers the scores of the indices from <paramref name="first"/> on. Vectors in which nothing beats the worst that is kept are passed over whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Offer(ReadOnlySpan<float> scores, int first)
    {
        if (capacity == 0)
            return;
        int i = 0;
        foreach (Vector<float> vector in MemoryMarshal.Cast<float, Vector<float>>(scores))
        {
            if (Vector.GreaterThanAny(vector, new Vector<float>(_threshold)))
            {
                for (int lane = 0; lane < Vector<float>.Count; lane++)
                    Offer(scores[i + lane], first + i + lane);
            }

            i += Vector<float>.Count;
        }

        for (; i < scores.Length; i++)
            Offer(scores[i], first + i);
    }

    public void Offer(float score, int index)
    {
        if (!(score > _threshold) || !float.IsFinite(score) || capacity == 0 || (admits is not null && !admits(index)))
            return;
        if (_heap.Count < capacity)
        {
            _heap.Add((score, index));
            Up(_heap.Count - 1);
        }
        else
        {
            _heap[0] = (score, index);
            Down();
        }

        if (_heap.Count == capacity)
            _threshold = Math.Max(_threshold, _heap[0].Score);
    }

    /// <summary>The best, best first. Ends the selection.</summary>
    public List<(float Score, int Index)> Finish()
    {
        _heap.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Index.CompareTo(b.Index));
        return _heap;
    }

    private static bool IsWorse((float Score, int Index) a, (float Score, int Index) b) => a.Score < b.Score || (a.Score == b.Score && a.Index > b.Index);

    private void Up(int at)
    {
        for (int parent = (at - 1) / 2; at > 0 && IsWorse(_heap[at], _heap[parent]); at = parent, parent = (at - 1) / 2)
            (_heap[at], _heap[parent]) = (_heap[parent], _heap[at]);
    }

    private void Down()
    {
        for (int at = 0; ;)
        {
            int worst = (2 * at) + 1;
            if (worst >= _heap.Count)
                return;
            if (worst + 1 < _heap.Count && IsWorse(_heap[worst + 1], _heap[worst]))
                worst++;
            if (!IsWorse(_heap[worst], _heap[at]))
                return;
            (_heap[at], _heap[worst]) = (_heap[worst], _heap[at]);
            at = worst;
        }
    }
}
