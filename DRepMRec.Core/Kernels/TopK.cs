using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DRepMRec.Kernels;

/// <summary>Keeps the K best of scores offered in the order of indices, ties by lower index; minus infinity isn't a candidate.</summary>
/// <remarks>A heap with the worst score on top, for a small K a sorted list. Reuses its memory; not safe for use by many threads.</remarks>
/// <param name="capacity">K.</param>
/// <param name="minimum">Scores below aren't kept.</param>
/// <param name="admits">Asked only for the indices of scores that would be kept; <see langword="null"/> admits all.</param>
/// <param name="finiteOnly">Whether NaN and infinity are passed over; otherwise NaN is an error, and infinity the highest score.</param>
/// <param name="tieOrder">For each index its rank among equal scores, from 0; <see langword="null"/> for the index itself.</param>
internal sealed class TopK(
    int capacity, float minimum = float.NegativeInfinity, Func<int, bool>? admits = null, bool finiteOnly = false, int[]? tieOrder = null)
    : IScoreSink
{
    /// <summary>The largest K of a sorted list.</summary>
    private const int MaxInList = 64;

    private readonly bool _isList = capacity <= MaxInList;
    private (float Score, int Index)[] _kept = new (float, int)[Math.Min(capacity, MaxInList)];
    private int _count;
    private float _threshold = capacity == 0 ? float.PositiveInfinity : float.BitDecrement(minimum);
    private bool _isHeap;
    private bool _isSorted;
    private int _firstRank;

    /// <summary>The kept entries, the best first: K, or as many as there were candidates. Valid until a score is offered.</summary>
    public ReadOnlySpan<(float Score, int Index)> Ranked
    {
        get
        {
            if (!_isList && !_isSorted)
                Sort();
            return _kept.AsSpan(0, _count);
        }
    }

    /// <summary>How many places entries were moved by, and one for each: the work, as tests count it.</summary>
    internal long Steps { get; private set; }

    /// <summary>Forgets the entries that were kept.</summary>
    /// <param name="firstRank">The rank of the tie order that comes first from now on; those below it come behind the last.</param>
    public void Clear(int firstRank = 0)
    {
        _firstRank = firstRank;
        (_count, _isHeap, _isSorted) = (0, false, false);
        _threshold = capacity == 0 ? float.PositiveInfinity : float.BitDecrement(minimum);
    }

    /// <summary>
    /// Offers the scores of the indices from <paramref name="first"/> on. Vectors in which nothing beats the worst that is kept are passed
    /// over whole.
    /// </summary>
    /// <exception cref="NotFiniteNumberException">A score is NaN, where that is an error; the message has its index.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Offer(ReadOnlySpan<float> scores, int first)
    {
        int i = 0;
        foreach (Vector<float> vector in MemoryMarshal.Cast<float, Vector<float>>(scores))
        {
            // Not "greater": NaN must come through to be noticed.
            if (!Vector.LessThanOrEqualAll(vector, new Vector<float>(_threshold)))
            {
                for (int lane = 0; lane < Vector<float>.Count; lane++)
                    Offer(scores[i + lane], first + i + lane);
            }

            i += Vector<float>.Count;
        }

        for (; i < scores.Length; i++)
            Offer(scores[i], first + i);
    }

    /// <summary>Offers one score.</summary>
    /// <exception cref="NotFiniteNumberException">The score is NaN, where that is an error; the message has its index.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(float score, int index)
    {
        if (!(score <= _threshold))
            Consider(score, index);
    }

    private void Consider(float score, int index)
    {
        if (finiteOnly && !(float.IsFinite(score) && score > _threshold))
            return;
        if (float.IsNaN(score))
            throw new NotFiniteNumberException($"The score of item {index} is NaN.");
        if (_count == capacity && !_isList && !_isHeap)
            MakeHeap();
        if ((_count == capacity && !IsWorse(_kept[_isList ? _count - 1 : 0], (score, index))) || (admits is not null && !admits(index)))
            return;
        if (_isList)
            Insert((score, index));
        else
            Push((score, index));
    }

    private void Insert((float Score, int Index) entry)
    {
        (float Score, int Index)[] kept = _kept;
        int last = _count < capacity ? _count++ : _count - 1, at = last;
        for (; at > 0 && IsWorse(kept[at - 1], entry); at--)
            kept[at] = kept[at - 1];
        kept[at] = entry;
        Steps += last - at + 1;
        if (_count == capacity)
            SetThreshold(kept[_count - 1].Score);
    }

    private void Push((float Score, int Index) entry)
    {
        if (_count == capacity)
        {
            _kept[0] = entry;
            Sink(0, _count);
            SetThreshold(_kept[0].Score);
            return;
        }

        if (_count == _kept.Length)
            Array.Resize(ref _kept, (int)Math.Min(capacity, 2L * _count));
        _kept[_count++] = entry;
        (_isHeap, _isSorted) = (false, false);
        if (_count < capacity)
            return;
        MakeHeap();
        SetThreshold(_kept[0].Score);
    }

    private void MakeHeap()
    {
        for (int at = (_count / 2) - 1; at >= 0; at--)
            Sink(at, _count);
        (_isHeap, _isSorted) = (true, false);
    }

    /// <summary>As indices ascend, an equal score comes too late, unless ties go by another order.</summary>
    private void SetThreshold(float worst) => _threshold = tieOrder is null ? worst : float.BitDecrement(worst);

    /// <summary>Moves the worst behind the others, again and again.</summary>
    private void Sort()
    {
        if (!_isHeap)
            MakeHeap();
        for (int end = _count - 1; end > 0; end--)
        {
            (_kept[0], _kept[end]) = (_kept[end], _kept[0]);
            Sink(0, end);
        }

        (_isHeap, _isSorted) = (false, true);
    }

    /// <summary>Lets an entry sink below all entries that are worse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sink(int at, int count)
    {
        Span<(float Score, int Index)> heap = _kept.AsSpan(0, count);
        (float Score, int Index) entry = heap[at];
        int steps = 1;
        for (int child; (child = (2 * at) + 1) < heap.Length; at = child, steps++)
        {
            if (child + 1 < heap.Length && IsWorse(heap[child + 1], heap[child]))
                child++;
            if (!IsWorse(heap[child], entry))
                break;
            heap[at] = heap[child];
        }

        heap[at] = entry;
        Steps += steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWorse((float Score, int Index) a, (float Score, int Index) b)
        => a.Score < b.Score || (a.Score == b.Score && Rank(a.Index) > Rank(b.Index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Rank(int index) => (uint)((tieOrder is null ? index : tieOrder[index]) - _firstRank);
}
