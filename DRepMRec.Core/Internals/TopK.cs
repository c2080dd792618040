using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DRepMRec.Internals;

/// <summary>Finds the K largest scores: higher first, of equal ones the lower index first. Minus infinity means "not a candidate".</summary>
/// <remarks>Reuses its buffers; not safe for use by many threads.</remarks>
internal sealed class TopK(int k)
{
    private readonly float[] _scores = new float[k];
    private readonly int[] _items = new int[k];

    /// <summary>How many were found: K, or fewer when there were fewer candidates.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>Selects from a row of scores. Vectors in which nothing beats the K-th best so far are passed over whole.</summary>
    /// <exception cref="NotFiniteNumberException">A score is NaN; the message has its index.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Select(ReadOnlySpan<float> scores)
    {
        Count = 0;
        if (_scores.Length == 0)
            return;
        float threshold = float.NegativeInfinity;
        int lanes = Vector<float>.Count, i = 0;
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        for (int v = 0; v < vectors.Length; v++, i += lanes)
        {
            // Not "less or equal" instead of "greater": NaN must come through to be noticed.
            if (Vector.LessThanOrEqualAll(vectors[v], new Vector<float>(threshold)))
                continue;
            for (int lane = 0; lane < lanes; lane++)
                threshold = Offer(i + lane, scores[i + lane], threshold);
        }

        for (; i < scores.Length; i++)
            threshold = Offer(i, scores[i], threshold);
    }

    private float Offer(int item, float score, float threshold)
    {
        if (score <= threshold)
            return threshold;
        if (float.IsNaN(score))
            throw new NotFiniteNumberException($"The score of item {item} is NaN.");
        int at = Count < _scores.Length ? Count++ : Count - 1;
        for (; at > 0 && _scores[at - 1] < score; at--)
            (_scores[at], _items[at]) = (_scores[at - 1], _items[at - 1]);
        (_scores[at], _items[at]) = (score, item);
        return Count == _scores.Length ? _scores[Count - 1] : float.NegativeInfinity;
    }
}
