using System.Buffers;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>The scores of a request, in rented memory: of all item rows, or of some.</summary>
/// <param name="rows">The item rows, ascending; <see langword="null"/> for all.</param>
/// <param name="count">How many there are.</param>
internal sealed class ScoreSheet(int[]? rows, int count) : IScoreSink
{
    private float[]? _scores;
    private int _next;

    /// <summary>The scores in the order of item rows.</summary>
    public ReadOnlySpan<float> Values => _scores.AsSpan(0, count);

    public void Rent()
    {
        _scores = ArrayPool<float>.Shared.Rent(Math.Max(1, count));
        _next = 0;
    }

    public void Return()
    {
        ArrayPool<float>.Shared.Return(_scores!);
        _scores = null;
    }

    public void Offer(ReadOnlySpan<float> scores, int first) => scores.CopyTo(_scores.AsSpan(first, scores.Length));

    public void Offer(float score, int index) => _scores![_next++] = score;

    /// <summary>The item row of a place in the sheet.</summary>
    public int Row(int place) => rows is null ? place : rows[place];
}
