using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Tests.Serving;

public sealed class SelectionTests
{
    [Fact]
    public void Keeps_what_sorting_would_keep()
    {
        var random = new SeededRandom(7);
        for (int n = 0; n < 300; n++)
        {
            int count = random.NextInt(200), capacity = random.NextInt(60);
            float minimum = n % 3 == 0 ? 2 : float.NegativeInfinity;
            float[] scores = [.. Enumerable.Range(0, count)
                .Select(_ => (float)random.NextInt(12) switch { 11 => float.NaN, 10 => float.PositiveInfinity, 9 => float.NegativeInfinity,
                    var s => s })];
            Func<int, bool>? admits = n % 2 == 0 ? i => i % 3 != 0 : null;
            var selection = new Selection(capacity, minimum, admits);
            int half = count / 2;
            selection.Offer(scores.AsSpan(0, half), 0);
            selection.Offer(scores.AsSpan(half), half);
            selection.Finish().Should().Equal(scores.Select((s, i) => (s, i))
                .Where(p => float.IsFinite(p.s) && p.s >= minimum && admits?.Invoke(p.i) != false)
                .OrderByDescending(p => p.s).ThenBy(p => p.i).Take(capacity));
        }
    }
}
