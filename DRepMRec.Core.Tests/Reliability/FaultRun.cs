using DRepMRec.Collectives;
using DRepMRec.Internals;
using DRepMRec.Tests.Collectives;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Trains on several members of an in-process collective whose messages are late and overtake each other, of which one may be lost or
/// stuck at a random exchange: the result is that of one process, or whoever doesn't come to it ends with the named error, and a checkpoint
/// leads to it.
/// </summary>
/// <param name="seed">The seed of the faults.</param>
/// <param name="timeout">How long an exchange may take.</param>
internal sealed class FaultRun(int seed, TimeSpan timeout)
{
    private const int MaxExchanges = 140;

    // On a busy machine messages may be late beyond any short time, and nothing else is wrong where there is no fault.
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);
    private static readonly string[] Trainings = ["LightGCN, BPR", "LightGCN, softmax", "DRepMRec"];
    private static readonly Dictionary<string, string> Expected = [];
    private readonly SeededRandom _random = new((ulong)seed, 2020);

    /// <summary>Runs so far.</summary>
    public int Runs { get; private set; }

    /// <summary>Those that came to their end with late messages alone.</summary>
    public int Undisturbed { get; private set; }

    /// <summary>Those of which a member was lost, and those of which one was stuck.</summary>
    public (int Lost, int Stuck) Ended { get; private set; }

    /// <summary>Those that went on from a checkpoint; the others ended before the first one and began anew.</summary>
    public int Resumed { get; private set; }

    /// <exception cref="InvalidOperationException">A result is wrong, or an end isn't the named error.</exception>
    public void Next()
    {
        string training = Trainings[Runs++ % Trainings.Length];
        lock (Expected)
        {
            if (!Expected.ContainsKey(training))
                Expected[training] = ColumnTraining.Run(training, 64, null);
        }

        int size = 2 + _random.NextInt(3);
        bool faulty = _random.NextInt(4) > 0;
        var faults = new SimulatedFaults
        {
            Seed = Runs,
            MaxDelay = TimeSpan.FromMilliseconds(_random.NextInt(3)),
            Rank = faulty ? _random.NextInt(size) : null,
            Exchange = 1 + _random.NextInt(MaxExchanges),
            IsStuck = _random.NextInt(4) == 0,
        };
        using var folder = new TempFolder();
        string file = folder["run.checkpoint"];
        (string? Result, Exception? Error)[] ends = InProcessCollective.Run(
            InProcessCollective.Create(size, faulty ? timeout : Patient, faults),
            collective => ColumnTraining.Run(training, 64, collective, file));
        if (ends.All(end => end.Error is null))
        {
            ThrowIfOther(training, ends.Select(end => end.Result), faults);
            Undisturbed++;
            return;
        }

        foreach (var (result, error) in ends)
        {
            if (error is null)
            {
                ThrowIfOther(training, [result], faults); // Its last exchange came in time, that of another didn't.
                continue;
            }

            bool isNamed = error is CollectiveException { Failure: not (CollectiveFailure.Mismatch or CollectiveFailure.Unavailable) };
            if (!isNamed && error is not SimulatedLossException)
            {
                throw new InvalidOperationException(
                    $"{training}, {faults}: expected the result or the named error on all, got {error}", error);
            }
        }

        Ended = faults.IsStuck ? (Ended.Lost, Ended.Stuck + 1) : (Ended.Lost + 1, Ended.Stuck);
        Resumed += File.Exists(file) ? 1 : 0;
        int after = 1 + _random.NextInt(4);
        ThrowIfOther(training, InProcessCollective.Run(after, collective => ColumnTraining.Run(training, 64, collective, file)), faults);
    }

    public override string ToString()
        => $"{Runs} runs: {Undisturbed} with late messages alone, {Ended.Lost} with a lost and {Ended.Stuck} with a stuck process, of "
            + $"which {Resumed} had a checkpoint and went on from it, on 1 to 4 processes; all came to the result of one process";

    private static void ThrowIfOther(string training, IEnumerable<string?> results, SimulatedFaults faults)
    {
        if (results.FirstOrDefault(result => result != Expected[training]) is { } other)
            throw new InvalidOperationException($"{training}, {faults}: expected {Expected[training]}, got {other}");
    }
}
