using ReproduceResults.Studies;
using ReproduceResults.Trainings;

namespace ReproduceResults.Reports;

/// <summary>Pages and the logs that every number of them is computed from.</summary>
internal static class Page
{
    private const string LogFolder = "logs", LogEnding = ".jsonl.gz";

    /// <summary>Writes a page with its pictures into a folder, and the trainings that it shows into <c>logs</c> below it.</summary>
    /// <returns>The path of the page.</returns>
    /// <exception cref="ArgumentException">None of the trainings has figures; page and log stay as they are.</exception>
    public static string WriteWithLog(string folder, string study, string part, IReadOnlyList<Training> trainings)
    {
        _ = Outcomes(study, trainings);
        string logs = Path.Combine(folder, LogFolder), log = Path.Combine(logs, $"{study}-{part}{LogEnding}");
        Directory.CreateDirectory(logs);
        TrainingLog.Compress(log, trainings);

        // From the log, as whoever recomputes it has it: in its order, and with its digits.
        return Write(folder, study, part, TrainingLog.Decompress(log));
    }

    /// <summary>The compressed logs below a folder with the pages that they make, and those whose names are of no page.</summary>
    public static (IReadOnlyList<(string Log, string Folder, string Study, string Part)> Pages, IReadOnlyList<string> Others) Logs(
        string folder)
    {
        var (pages, others) = (new List<(string, string, string, string)>(), new List<string>());
        foreach (string log in Directory.EnumerateFiles(folder, "*" + LogEnding, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string[] name = Path.GetFileName(log)[..^LogEnding.Length].Split('-', 2);
            if (name.Length == 2 && Study.IsKnown(name[0]))
                pages.Add((log, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(log))!, ".."), name[0], name[1]));
            else
                others.Add($"{log}: left out, as its name isn't that of a study and a part of it, such as models-bpr{LogEnding}");
        }

        return (pages, others);
    }

    /// <summary>Writes a page with its pictures from trainings alone.</summary>
    /// <returns>The path of the page.</returns>
    /// <exception cref="ArgumentException">None of the trainings has figures.</exception>
    public static string Write(string folder, string study, string part, IReadOnlyList<Training> trainings)
    {
        IReadOnlyList<Outcome> outcomes = Outcomes(study, trainings);
        var report = new Report(folder, study, part);
        Training first = (outcomes.FirstOrDefault(o => o.IsTrained) ?? outcomes[0]).First;
        IEnumerable<int> seeds = outcomes.Where(o => o.IsTrained).SelectMany(o => o.Trainings).Select(t => t.Seed).Distinct().Order();
        string loss = Study.HasLoss(study) ? $"Loss {part}, seeds" : "Seeds";
        report.Say($"{Study.DataOf(study, first.Dataset)}. {loss} {string.Join(", ", seeds)}, at most "
            + $"{first.MaxEpochs} epochs. Test figures of the best validation epoch, full ranking; mean ± standard deviation over seeds.");
        if (Seeds.Fewer(outcomes) is { } fewer)
            report.Say(fewer);
        if (Builds.Of(trainings) is { } builds)
            report.Say(builds);
        string[] diverged = [.. trainings.Where(t => t.Failure is not null).Select(t => $"{t.Title}, seed {t.Seed}")];
        if (diverged.Length > 0)
            report.Say($"Diverged, and left out: {string.Join("; ", diverged)}.");
        Study.Writer(study)(report, outcomes);
        return report.Save();
    }

    private static IReadOnlyList<Outcome> Outcomes(string study, IReadOnlyList<Training> trainings)
        => Outcome.Of(trainings) is { Count: > 0 } outcomes ? outcomes
            : throw new ArgumentException($"There is no training of {study} with these options, seeds and split.");
}
