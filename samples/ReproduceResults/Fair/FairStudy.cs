using System.Globalization;
using Common;
using DRepMRec.Data;
using ReproduceResults.Reports;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>
/// The fair comparison: every model gets the same number of trials, under each loss apart, on each dataset; the best by validation is
/// trained over seeds, and on other splits. docs/method.md has the comparisons that are tested.
/// </summary>
internal sealed class FairStudy
{
    private readonly FairOptions _options;
    private readonly TrainingLog _log;
    private readonly FairDataset[] _data;

    public FairStudy(FairOptions options, TrainingLog log)
    {
        (_options, _log) = (options, log);
        RecDataset[] loaded = [.. options.Data.Select(folder => RecDataset.Load(folder))];
        _data = [.. (loaded.Length > 0 ? loaded : [SyntheticDataset.Create().Data]).Select(d => new FairDataset(d, options, log))];
        string[] names = [.. _data.Select(d => d.Name)];
        if (names.CountBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(n => n.Value > 1).Key is { } twice)
            throw new ArgumentException($"--data: expected datasets of different names, as pages are called by them; got '{twice}' twice.");
        if (options.Redrawn.FirstOrDefault(n => !names.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new ArgumentException($"--redrawn: there is no dataset '{unknown}'; expected some of {string.Join(", ", names)}.");
        foreach (RecDataset data in loaded)
            HeldOut.Require(data, test: true);
        if (loaded.FirstOrDefault(d => FairDataset.IsRedrawnBy(options, d.Name) && RedrawnSplit.HasWeights(d)) is { } weighted)
            throw new ArgumentException($"--redrawn: expected interactions of one weight to draw splits of; '{weighted.Name}' has others.");
    }

    public void Run(CancellationToken cancellation)
    {
        foreach (FairDataset data in _data)
        {
            Train(data, "search", data.Search(), cancellation);
            foreach (string title in data.WithoutChoice())
                Console.WriteLine($"{data.Name}, {title}: no trial ended with figures, so nothing of it is trained further");
            Train(data, "final", data.Final(), cancellation);
            Train(data, "redrawn", data.Redrawn(), cancellation);
        }
    }

    /// <summary>Writes the pages of what is trained, and says what isn't.</summary>
    /// <exception cref="ArgumentException">Nothing is.</exception>
    public void Write()
    {
        Directory.CreateDirectory(_options.Out);
        int written = 0;
        foreach (FairDataset data in _data)
        {
            written += Write(FairStage.Final, data, data.Search().Concat(data.Final()));
            if (data.IsRedrawn)
                written += Write(FairStage.Redrawn, data, data.Redrawn());
        }

        if (written == 0)
            throw new ArgumentException($"{_options.Log} has no training of these datasets with these options and seeds.");
    }

    /// <summary>Says what would be trained, how long that takes by the seconds of the log, and what fits into a night.</summary>
    public void Estimate()
    {
        var estimate = new FairEstimate([.. _data.SelectMany(d => d.Plan())], _log.All);
        estimate.Show(_options);
    }

    private void Train(FairDataset data, string stage, IEnumerable<TrainingTask> tasks, CancellationToken cancellation)
    {
        TrainingTask[] all = [.. tasks], open = [.. all.Where(t => t.Find(_log) is null)];
        Console.WriteLine($"{data.Name}, {stage}: {all.Length} trainings, {all.Length - open.Length} of them in {_options.Log} already");
        if (TrainingLog.OtherBuilds(all.SelectMany(t => t.Find(_log) ?? [])) is { } others)
            Console.WriteLine(others);
        Jobs.Run(open, _options.Jobs, task =>
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Training> made = task.Run(_log, cancellation);
            string figure = made[0].Failure ?? string.Create(CultureInfo.InvariantCulture,
                $"validation {Training.Recall} {made[0].Valid[Training.Recall.ToString()]:F4}, {made[0].Seconds:F0} s");
            return $"{data.Name}, {stage}, {task.Variant.Title}, seed {task.Seed}: {figure}";
        });
    }

    /// <returns>The number of pages.</returns>
    private int Write(string study, FairDataset data, IEnumerable<TrainingTask> tasks)
    {
        Training[] made = [.. tasks.SelectMany(t => t.Made(_log))];
        bool hasFigures = Outcome.Of(made).Count > 0;
        Console.WriteLine(hasFigures ? $"Written: {Page.WriteWithLog(_options.Out, study, data.Name, made)}"
            : $"Not trained yet: {study} of {data.Name}");
        return hasFigures ? 1 : 0;
    }
}
