using System.Globalization;
using Common;
using DRepMRec.Data;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>Makes the trainings of the chosen variants of a study that the log doesn't have, seed by seed.</summary>
internal sealed class StudyRunner(Study study, IReadOnlyList<Variant> variants, TrainingLog log, CommandLine options)
{
    // A baseline has no seed of its own.
    private static readonly int[] NoSeed = [0];

    private readonly TrainingTask[] _asked =
    [
        .. variants.SelectMany(v => (v.Model is null ? NoSeed : options.Seeds).Select((seed, round) => (v, seed, round)))
            .OrderBy(t => t.round).Select(t => new TrainingTask(study.Name, t.v, t.seed)),
    ];

    public void Train(CancellationToken cancellation)
    {
        foreach (RecDataset data in variants.Select(v => v.Data).Distinct())
            HeldOut.Require(data, test: true);
        TrainingTask[] open = [.. _asked.Where(t => t.Find(log) is null)];
        Console.WriteLine($"{_asked.Length} trainings, {_asked.Length - open.Length} of them in {options.Log} already");
        if (TrainingLog.OtherBuilds(Made()) is { } others)
            Console.WriteLine(others);
        Jobs.Run(open, options.Jobs, next =>
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Training> lines = next.Run(log, cancellation);
            return $"{Title(next)}: {string.Join("; with the part ", lines.Select(line => line.Failure ?? Figures(line)))}";
        });
    }

    /// <summary>The trainings that the log has of the chosen variants.</summary>
    public IReadOnlyList<Training> Made()
        => [.. _asked.SelectMany(t => t.Made(log))];

    /// <summary>Which trainings are missing, if any.</summary>
    public string? Gaps()
    {
        string[] missing = [.. _asked.Where(t => t.Find(log) is null).Select(Title).Distinct()];
        return missing.Length > 0 ? $"Not trained yet: {string.Join("; ", missing)}." : null;
    }

    private static string Title(TrainingTask asked) => asked.Variant.Model is null
        ? asked.Variant.Title
        : $"{asked.Variant.Title}, seed {asked.Seed}";

    private static string Figures(Training training)
    {
        string figure = string.Create(CultureInfo.InvariantCulture,
            $"validation {Training.Recall} {training.Valid[Training.Recall.ToString()]:F4}");
        return training.Epochs == 0 ? figure : string.Create(CultureInfo.InvariantCulture,
            $"{figure}, epoch {training.BestEpoch} of {training.Epochs}, {training.Seconds:F0} s");
    }
}
