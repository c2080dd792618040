using Common;

namespace SearchOptions;

/// <summary>The ways to go through a space.</summary>
internal sealed class Search(SearchSpace space, TrialRunner runner, CommandLine options)
{
    /// <returns>The combinations that were trained to the end, the best first.</returns>
    public IReadOnlyList<Candidate> Run(CancellationToken cancellation)
    {
        Setting[] settings = [.. options.Method == SearchMethod.Grid ? space.Grid() : space.Draw(options.Trials, options.Seeds[0])];
        Console.WriteLine($"{settings.Length} combinations, {options.Seeds.Count} seeds");
        int most = options.Method == SearchMethod.Halving ? options.Epochs : 0;
        for (int epochs = options.FirstEpochs; epochs < most && settings.Length > 1; epochs *= 2)
        {
            Console.WriteLine($"Round of {settings.Length} with at most {epochs} epochs");
            settings = [.. runner.Run(settings, options.Seeds, epochs, cancellation).Take((settings.Length + 1) / 2)
                .Select(c => c.Setting)];
        }

        return runner.Run(settings, options.Seeds, options.Epochs, cancellation);
    }

    /// <summary>Trains the chosen combination once more per seed and shows its test figures, which nothing was chosen by.</summary>
    public void Test(Candidate best, CancellationToken cancellation)
    {
        Console.WriteLine($"Test figures of {best.Setting.Key}");
        foreach (int seed in options.Seeds)
        {
            ModelRun run = runner.Test(best.Setting, seed, options.Epochs, cancellation);
            Console.WriteLine($"seed {seed}: {run.Test}");
        }
    }
}
