using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DRepMRec.Kernels;

/// <summary>
/// Finds the K largest scores: higher first, of equal ones the lower index first. Minus infinity means "not a candidate".
/// </summary>
/// <param name="k">K.</param>
/// <param name="tieOrder">Each index's place among equal scores, lower first; <see langword="null"/> for the index itself.</param>
/// <remarks>Reuses its buffers; not safe for use by many threads.</remarks>
internal sealed class TopK(int k, int[]? tieOrder = null)
{
    private readonly float[] _scores = new float[k];
    private readonly int[] _items = new int[k];
    private int _firstPlace;

    /// <summary>How many were found: K, or fewer when there were fewer candidates.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>Selects from a row of scores. Vectors in which nothing beats the K-th best so far are passed over whole.</summary>
    /// <exception cref="NotFiniteNumberException">A score is NaN; the message has its index.</exception>
    public void Select(ReadOnlySpan<float> scores)
    {
        Begin();
        Take(scores, 0);
    }

    /// <summary>Forgets what was found.</summary>
    /// <param name="firstPlace">The place of the tie order that comes first; those below it come after the last.</param>
    public void Begin(int firstPlace = 0) => (Count, _firstPlace) = (0, firstPlace);

    /// <summary>Adds the candidates first, first + 1, … to those of the calls before, which must have had lower indices.</summary>
    /// <exception cref="NotFiniteNumberException">A score is NaN; the message has its index.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(ReadOnlySpan<float> scores, int first)
    {
        if (_scores.Length == 0)
            return;
        float threshold = Threshold();
        int lanes = Vector<float>.Count, i = 0;
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        for (int v = 0; v < vectors.Length; v++, i += lanes)
        {
            // Not "less or equal" instead of "greater": NaN must come through to be noticed.
            if (Vector.LessThanOrEqualAll(vectors[v], new Vector<float>(threshold)))
                continue;
            for (int lane = 0; lane < lanes; lane++)
                threshold = Offer(first + i + lane, scores[i + lane], threshold);
        }

        for (; i < scores.Length; i++)
            threshold = Offer(first + i, scores[i], threshold);
    }

    /// <summary>Adds one candidate, whose index must be above those before.</summary>
    public void Take(float score, int item)
    {
        if (_scores.Length > 0)
            Offer(item, score, Threshold());
    }

    private float Offer(int item, float score, float threshold)
    {
        if (score <= threshold)
            return threshold;
        if (float.IsNaN(score))
            throw new NotFiniteNumberException($"The score of item {item} is NaN.");
        if (Count == _scores.Length && !Precedes(item, score, Count - 1))
            return threshold;
        int at = Count < _scores.Length ? Count++ : Count - 1;
        for (; at > 0 && Precedes(item, score, at - 1); at--)
            (_scores[at], _items[at]) = (_scores[at - 1], _items[at - 1]);
        (_scores[at], _items[at]) = (score, item);
        return Threshold();
    }

    // What isn't above it can't be kept. With an order for ties, scores that equal the K-th must come through to be compared.
    private float Threshold() => Count < _scores.Length ? float.NegativeInfinity : tieOrder is null ? _scores[Count - 1]
        : float.BitDecrement(_scores[Count - 1]);

    private bool Precedes(int item, float score, int at)
        => score > _scores[at] || (tieOrder is not null && score == _scores[at] && Place(item) < Place(_items[at]));

    // Unsigned, so that places below the first wrap around to the end.
    private uint Place(int item) => (uint)(tieOrder![item] - _firstPlace);
}
