using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DRepMRec.Kernels;

/// <summary>Keeps the K best of scores offered in the order of indices, ties by lower index; minus infinity isn't a candidate.</summary>
/// <remarks>
/// For a small K a sorted list; else up to 2K candidates, of which the best K are selected whenever there are so many. Reuses its memory;
/// not safe for use by many threads.
/// </remarks>
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
    private (float Score, int Index) _worst;
    private bool _isFull = capacity == 0;
    private bool _isSorted;
    private int _firstRank;

    /// <summary>The kept entries, the best first: K, or as many as there were candidates. Valid until a score is offered.</summary>
    public ReadOnlySpan<(float Score, int Index)> Ranked
    {
        get
        {
            if (!_isList && !_isSorted)
                Sort();
            return _kept.AsSpan(0, Math.Min(_count, capacity));
        }
    }

    /// <summary>No score up to this would be kept now; it never falls between two <see cref="Clear"/>.</summary>
    public float Threshold => _threshold;

    /// <summary>How many places entries were moved by, and one for each: the work, as tests count it.</summary>
    internal long Steps { get; private set; }

    /// <summary>Forgets the entries that were kept.</summary>
    /// <param name="firstRank">The rank of the tie order that comes first from now on; those below it come behind the last.</param>
    public void Clear(int firstRank = 0)
    {
        _firstRank = firstRank;
        (_count, _isFull, _isSorted) = (0, capacity == 0, false);
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

    /// <summary>
    /// The same for indices whose ranks among equal scores ascend: once the worst that is kept ranks before the first of them, an equal
    /// score comes too late, and is passed over with those below.
    /// </summary>
    public void OfferAscending(ReadOnlySpan<float> scores, int first)
    {
        float before = _threshold, worst = _worst.Score;
        bool comeTooLate = tieOrder is not null && _isFull && capacity > 0 && Rank(first) > Rank(_worst.Index);
        if (comeTooLate)
            _threshold = worst;
        Offer(scores, first);

        // Unless a better one has come since, and its own threshold with it.
        if (comeTooLate && _threshold == worst)
            _threshold = before;
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
        if ((_isFull && !IsWorse(_worst, (score, index))) || (admits is not null && !admits(index)))
            return;
        if (_isList)
            Insert((score, index));
        else
            Append((score, index));
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
            SetWorst(kept[_count - 1]);
    }

    private void Append((float Score, int Index) entry)
    {
        if (_count == _kept.Length)
            Array.Resize(ref _kept, (int)Math.Min(2L * capacity, Math.Min(2L * _count, Array.MaxLength)));
        _kept[_count++] = entry;
        _isSorted = false;
        Steps++;
        if (_count == 2L * capacity)
            Select();
    }

    /// <summary>Puts the best K in front, the worst of them at their end, and forgets the others.</summary>
    private void Select()
    {
        Span<(float Score, int Index)> kept = _kept.AsSpan(0, _count);
        int from = 0, to = _count - 1, target = capacity - 1;
        for (int rounds = 2 * BitOperations.Log2((uint)_count); from < to; rounds--)
        {
            Steps += to - from;
            if (rounds == 0)
            {
                kept[from..(to + 1)].Sort(ByRank);
                break;
            }

            var (left, right) = Partition(kept, from, to);
            if (target <= right)
                to = right;
            else if (target >= left)
                from = left;
            else
                break;
        }

        _count = capacity;
        _isFull = true;
        SetWorst(kept[target]);
    }

    /// <summary>Parts entries by one of the middle: those from left on are no better, those up to right no worse.</summary>
    private (int Left, int Right) Partition(Span<(float Score, int Index)> kept, int from, int to)
    {
        (float Score, int Index) pivot = Median(kept[from], kept[from + ((to - from) / 2)], kept[to]);
        int left = from, right = to;
        while (left <= right)
        {
            while (IsWorse(pivot, kept[left]))
                left++;
            while (IsWorse(kept[right], pivot))
                right--;
            if (left > right)
                break;
            (kept[left], kept[right]) = (kept[right], kept[left]);
            left++;
            right--;
        }

        return (left, right);
    }

    private (float Score, int Index) Median((float Score, int Index) a, (float Score, int Index) b, (float Score, int Index) c)
    {
        if (IsWorse(a, b))
            (a, b) = (b, a);
        return !IsWorse(b, c) ? b : IsWorse(a, c) ? a : c;
    }

    /// <summary>As indices ascend, an equal score comes too late, unless ties go by another order.</summary>
    private void SetWorst((float Score, int Index) worst)
        => (_worst, _threshold, _isFull) = (worst, tieOrder is null ? worst.Score : float.BitDecrement(worst.Score), true);

    private void Sort()
    {
        if (_count > capacity)
            Select();
        Span<(float Score, int Index)> kept = _kept.AsSpan(0, _count);
        Steps += (long)_count * BitOperations.Log2((uint)_count | 1);
        kept.Sort(ByRank);
        _isSorted = true;
    }

    private int ByRank((float Score, int Index) a, (float Score, int Index) b) => IsWorse(b, a) ? -1 : IsWorse(a, b) ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWorse((float Score, int Index) a, (float Score, int Index) b)
        => a.Score < b.Score || (a.Score == b.Score && Rank(a.Index) > Rank(b.Index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Rank(int index) => (uint)((tieOrder is null ? index : tieOrder[index]) - _firstRank);
}
