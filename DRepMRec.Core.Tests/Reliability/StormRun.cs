using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Runs each scenario again and again while another thread collects garbage without pause, and compares every result with that in calm.
/// </summary>
internal sealed class StormRun
{
    private readonly Dictionary<string, string> _calm = Scenarios.All.ToDictionary(s => s.Key, s => s.Value());

    public int Rounds { get; private set; }

    /// <exception cref="InvalidOperationException">A result is another one than in calm.</exception>
    public void Round()
    {
        using var storm = new CollectionStorm();
        foreach (var (name, run) in Scenarios.All)
        {
            if (run() is var result && result != _calm[name])
                throw new InvalidOperationException($"{name}: in calm {_calm[name]}, in the storm {result}");
        }

        Rounds++;
    }

    public override string ToString()
        => $"{Rounds} rounds of {_calm.Count} scenarios under a storm of garbage collections ({GC.CollectionCount(2)} full collections), "
        + $"each result bit for bit that in calm";
}
