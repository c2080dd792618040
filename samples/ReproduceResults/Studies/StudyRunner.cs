using System.Globalization;
using Common;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>Makes the trainings of the chosen variants of a study that the log doesn't have, seed by seed.</summary>
internal sealed class StudyRunner(Study study, IReadOnlyList<Variant> variants, TrainingLog log, CommandLine options)
{
    // A baseline has no seed of its own.
    private static readonly int[] NoSeed = [0];

    private readonly (Variant Variant, int Seed)[] _asked =
    [
        .. variants.SelectMany(v => (v.Model is null ? NoSeed : options.Seeds).Select((seed, round) => (v, seed, round)))
            .OrderBy(t => t.round).Select(t => (t.v, t.seed)),
    ];

    public void Train(CancellationToken cancellation)
    {
        (Variant Variant, int Seed)[] open = [.. _asked.Where(t => Find(t) is null)];
        Console.WriteLine($"{_asked.Length} trainings, {_asked.Length - open.Length} of them in {options.Log} already");
        Jobs.Run(open, options.Jobs, next =>
        {
            cancellation.ThrowIfCancellationRequested();
            Training training = VariantTrainer.Train(study.Name, next.Variant, next.Seed, cancellation);
            log.Add(training);
            return $"{Title(next)}: {training.Failure ?? Figures(training)}";
        });
    }

    /// <summary>The variants with their trainings; variants without a training are left out.</summary>
    /// <exception cref="ArgumentException">The log has no training of them.</exception>
    public IReadOnlyList<Outcome> Outcomes()
    {
        ILookup<Variant, Training> made = _asked.Where(t => Find(t) is { Failure: null }).ToLookup(t => t.Variant, t => Find(t)!);
        return made.Count > 0 ? [.. variants.Where(made.Contains).Select(v => new Outcome(v, [.. made[v]]))]
            : throw new ArgumentException($"{options.Log} has no training of {study.Name} with these options, seeds and split.");
    }

    /// <summary>Which trainings the tables lack, if any.</summary>
    public string? Gaps()
    {
        string[] missing = [.. _asked.Where(t => Find(t) is null).Select(Title).Distinct()];
        string[] diverged = [.. _asked.Where(t => Find(t) is { Failure: not null }).Select(Title).Distinct()];
        string text = (missing.Length > 0 ? $"Not trained yet: {string.Join("; ", missing)}. " : "")
            + (diverged.Length > 0 ? $"Diverged, and left out: {string.Join("; ", diverged)}." : "");
        return text.Length == 0 ? null : text.Trim();
    }

    private Training? Find((Variant Variant, int Seed) asked) => log.Find(study.Name, asked.Variant, asked.Seed);

    private static string Title((Variant Variant, int Seed) asked) => asked.Variant.Model is null
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
