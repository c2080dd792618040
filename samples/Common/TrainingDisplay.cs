using System.Globalization;
using DRepMRec;
using DRepMRec.Evaluation;
using DRepMRec.Training;
using Spectre.Console;

namespace Common;

/// <summary>
/// Shows a training: a bar for the epoch with losses and the validation metric on a terminal; elsewhere a plain line per epoch, if wanted,
/// and one at the end.
/// </summary>
internal sealed class TrainingDisplay(string name, ProgressTask? bar, bool lines) : IProgress<TrainingProgress>
{
    private const int BarWidth = 16;

    // The metric that trainings stop by, unless their options name another.
    private static readonly RankingMetric Metric = new TrainerOptions().StoppingMetric;
    private EvaluationResult? _last;

    public static ModelRun Show(string name, bool linePerEpoch, Func<IProgress<TrainingProgress>, ModelRun> train)
    {
        ModelRun run;
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            run = AnsiConsole.Progress().AutoClear(true)
                .Columns(new ProgressBarColumn { Width = BarWidth }, new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(context => train(new TrainingDisplay(name, context.AddTask(Markup.Escape(name)), lines: false)));
        }
        else
        {
            run = train(new TrainingDisplay(name, null, linePerEpoch));
        }

        string epochs = run.Report is { } report
            ? $"{report.History.Count} epochs in {run.TrainTime.TotalSeconds:F1} s, best epoch {report.BestEpoch} with"
            : $"{run.TrainTime.TotalSeconds:F1} s,";
        string included = run.Report?.ItemToItem is null or { Weight: 0, PopularityWeight: 0 } ? "" : ", item-to-item included";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: {epochs} validation {Metric} {run.Validation[Metric]:F4}{included}"));
        return run;
    }

    public void Report(TrainingProgress value)
    {
        if (value.Validation is not null)
            _last = value.Validation;
        string losses = string.Join("  ", value.Losses.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:F4}")));
        string last = _last is null ? "" : string.Create(CultureInfo.InvariantCulture, $" {_last[Metric]:F4}");
        string left = value.PatienceLeft <= 0 ? "ended" : $"ends in {value.PatienceLeft} unless better";
        string validation = value.BestEpoch is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"  {Metric}{last} (best {value.BestValue:F4}, epoch {value.BestEpoch}; {left})");
        string epoch = string.Create(
            CultureInfo.InvariantCulture, $"{name} epoch {value.Epoch} of at most {value.Epochs}, {value.Elapsed.TotalSeconds:F0} s:");
        string line = $"{epoch} {losses}{validation}";
        if (bar is not null)
        {
            // Text that doesn't fit beside the bar would push it to a line of its own.
            int room = Math.Max(20, AnsiConsole.Profile.Width - BarWidth - 4);
            line = $"{epoch}{validation}  {losses}";
            bar.Description = Markup.Escape(line.Length > room ? line[..room] : line);
            bar.MaxValue = value.Batches;
            bar.Value = Math.Min(value.Batch, value.Batches - 0.001);
        }
        else if (lines && value.Validation is not null)
        {
            Console.WriteLine(line);
        }
    }
}
