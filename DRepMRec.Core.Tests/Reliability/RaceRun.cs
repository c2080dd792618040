using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Runs things at once in one process: two trainings with other numbers of threads, a third one that is cancelled at a random batch, and
/// recommenders that are used while others are loaded.
/// </summary>
internal sealed class RaceRun(int seed)
{
    private static readonly string[] Pair = ["DRepMRec", "FREEDOM + BMA"];
    private readonly SeededRandom _random = new((ulong)seed);
    private readonly string[] _expected = [.. Pair.Select(name => TinyTraining.Run(name, null, epochs: 3))];
    private readonly string _answers = Scenarios.Serve();

    public int Rounds { get; private set; }

    public int Cancellations { get; private set; }

    /// <exception cref="AggregateException">A result is another one than alone.</exception>
    public void Round()
    {
        using var folder = new TempFolder();
        Scenarios.Recommender.Save(folder["model"]);
        Recommender shared = Recommender.Load(folder["model"]);
        int batch = 1 + _random.NextInt(9);
        Action[] actions =
        [
            .. Pair.Select((name, n) => (Action)(() => Same(name, _expected[n], TinyTraining.Run(name, null, epochs: 3)))),
            () => CancelAndGoOn(folder["run"], batch),
            .. Enumerable.Range(0, 2).Select(_ => (Action)(() =>
            {
                for (int n = 0; n < 10; n++)
                    Same("a shared recommender", _answers, Scenarios.Answers(shared));
            })),
            () =>
            {
                for (int n = 0; n < 10; n++)
                    Same("a recommender that was loaded beside it", _answers, Scenarios.Answers(Recommender.Load(folder["model"])));
            },
        ];
        Task.WaitAll([.. actions.Select(a
            => Task.Factory.StartNew(a, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        Rounds++;
    }

    public override string ToString()
        => $"{Rounds} rounds of three trainings at once ({Cancellations} of them cancelled at a random batch and resumed) beside "
        + $"recommenders in use and being loaded, each result bit for bit that alone";

    private void CancelAndGoOn(string checkpoint, int batch)
    {
        try
        {
            Same(Pair[0], _expected[0], TinyTraining.Run(Pair[0], checkpoint, epochs: 3, stopAfter: batch));
        }
        catch (OperationCanceledException)
        {
            Cancellations++;
            Same(Pair[0], _expected[0], TinyTraining.Run(Pair[0], checkpoint, epochs: 3));
        }
    }

    private static void Same(string what, string expected, string actual)
    {
        if (actual != expected)
            throw new InvalidOperationException($"{what}: alone {expected}, beside others {actual}");
    }
}
