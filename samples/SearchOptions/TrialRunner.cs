using System.Globalization;
using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Training;

namespace SearchOptions;

/// <summary>Makes the trainings that the log doesn't have, several at once, each on a thread of its own.</summary>
internal sealed class TrialRunner(RecDataset data, TrialLog log, int jobs)
{
    public IReadOnlyList<Candidate> Run(IReadOnlyList<Setting> settings, IReadOnlyList<int> seeds, int epochs,
        CancellationToken cancellation)
    {
        (Setting Setting, int Seed)[] asked = [.. seeds.SelectMany(seed => settings.Select(s => (s, seed)))];
        var open = asked.Where(t => log.Find(t.Setting, t.Seed, epochs) is null).ToArray();
        if (LibraryBuild.Others(asked.Except(open).Select(t => log.Find(t.Setting, t.Seed, epochs)!.Library)) is { } others)
            Console.WriteLine(others);
        Jobs.Run(open, jobs, next =>
        {
            Trial trial = Train(next.Setting, next.Seed, epochs, cancellation);
            log.Add(trial);
            string figure = trial.Failure ?? string.Create(CultureInfo.InvariantCulture,
                $"{Setting.Metric} {trial.Valid[Setting.Metric.ToString()]:F4}, epoch {trial.BestEpoch}, {trial.Seconds:F0} s");
            return $"seed {next.Seed}: {next.Setting.Key}: {figure}";
        });
        return [.. settings.Select(s => new Candidate(s, epochs, [.. seeds.Select(seed => log.Find(s, seed, epochs)!)]))
            .OrderByDescending(c => c.Mean)];
    }

    /// <summary>Trains a setting and reads the test figures.</summary>
    public ModelRun Test(Setting setting, int seed, int epochs, CancellationToken cancellation)
    {
        using ModalFeatures? features = Features(setting);
        using DRepMRecModel model = Create(setting, features, seed);
        return ModelRun.Train(
            setting.HostName, setting.ModelOptions.UseModalLine, model, data, Trainer(setting, seed, epochs),
            new Progress<TrainingProgress>(), cancellation);
    }

    private Trial Train(Setting setting, int seed, int epochs, CancellationToken cancellation)
    {
        Trial trial = log.Begin(setting, seed, epochs);
        try
        {
            using ModalFeatures? features = Features(setting);
            using DRepMRecModel model = Create(setting, features, seed);
            TrainingReport report = new Trainer(model, data, Trainer(setting, seed, epochs) with { KeepFreedMemory = true })
                .Fit(cancellationToken: cancellation);
            EvaluationResult validation = report.Validation
                ?? throw new ArgumentException($"Expected validation interactions in '{data.Name}' to choose by, got none.");
            return trial with
            {
                BestEpoch = report.BestEpoch,
                Seconds = report.Elapsed.TotalSeconds,
                Valid = validation.Metrics.ToDictionary(m => m.Key.ToString(), m => m.Value),
                ValidCold = validation.ColdItems?[Setting.Metric],
            };
        }
        catch (TrainingDivergedException e)
        {
            return trial with { Failure = e.Message };
        }
    }

    private ModalFeatures? Features(Setting setting)
        => Catalogue.NeedsFeatures(setting.HostName) ? new ModalFeatures(data.Features, Catalogue.Scaling(setting.HostName)) : null;

    private DRepMRecModel Create(Setting setting, ModalFeatures? features, int seed)
        => Catalogue.Create(setting.HostName, data, features, setting.ModelOptions with { Seed = seed });

    private static TrainerOptions Trainer(Setting setting, int seed, int epochs)
        => setting.TrainerOptions with { Seed = seed, MaxEpochs = epochs, Threads = 1 };
}
