using System.CommandLine;
using Common;
using ReproduceResults.Fair;
using ReproduceResults.Trainings;

namespace ReproduceResults;

/// <summary>The command of the fair comparison.</summary>
internal static class FairCommand
{
    public static Command Create()
    {
        var data = new Option<string[]>("--data")
        {
            Description = "Folders with datasets as MMRec, RecBole or LATTICE have them, with commas. Default: a synthetic dataset.",
            DefaultValueFactory = _ => [],
            CustomParser = OptionRules.Parts,
        };
        Option<string?> log = TrainingOptions.Log();
        var folder = new Option<string>("--out") { Description = "A folder for pages, with their logs in logs below it.", Required = true };
        Option<int[]> seeds = TrainingOptions.Seeds(2024, 2025, 2026, 2027, 2028);
        seeds.Description += " Of a dataset with more than 200,000 training interactions the first three are taken.";
        Option<int> trials = OptionRules.Number("--trials", "The combinations that each model's search draws under each loss.", 8);
        Option<int> large = OptionRules.Number("--large-trials", "The same for a dataset with more than 200,000 training interactions.", 4);
        var redrawn = new Option<string[]>("--redrawn")
        {
            Description = "The datasets, by name, of which other splits are drawn. Default: tiktok, where it's among them.",
            DefaultValueFactory = _ => [],
            CustomParser = OptionRules.Parts,
        };
        Option<int> splits = OptionRules.Number("--splits", "The splits of each of the two kinds.", 5);
        Option<int> epochs = TrainingOptions.Epochs(1000);
        Option<int> jobs = TrainingOptions.Jobs();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Train nothing: say how many trainings there are, and how long they take by the seconds in the log.",
        };
        var reportOnly = new Option<bool>("--report-only") { Description = "Train nothing: write the pages of what the log has." };
        var hours = new Option<double>("--hours")
        {
            Description = "The hours that a dry run finds room for trials in.",
            DefaultValueFactory = _ => 10,
            CustomParser = OptionRules.ParseReal,
        };
        var command = new Command("fair", "Every model with the same number of trials, under each loss, on each dataset.")
        {
            data, log, folder, seeds, trials, large, redrawn, splits, epochs, jobs, dryRun, reportOnly, hours,
        };
        command.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => Run(new FairOptions
        {
            Data = result.GetValue(data)!,
            Log = result.GetValue(log)!,
            Out = result.GetValue(folder)!,
            Seeds = result.GetValue(seeds)!,
            Trials = result.GetValue(trials),
            LargeTrials = result.GetValue(large),
            Redrawn = result.GetValue(redrawn)!,
            Splits = result.GetValue(splits),
            Epochs = result.GetValue(epochs),
            Jobs = result.GetValue(jobs),
            DryRun = result.GetValue(dryRun),
            ReportOnly = result.GetValue(reportOnly),
            Hours = result.GetValue(hours),
        }, cancellation))));
        return command;
    }

    private static void Run(FairOptions options, CancellationToken cancellation)
    {
        using var log = new TrainingLog(options.Log, toRead: options.DryRun || options.ReportOnly, mayLack: options.DryRun);
        if (options.DryRun && !File.Exists(options.Log))
            Console.WriteLine($"{options.Log} isn't there yet: nothing is trained, and no seconds are known.");
        var study = new FairStudy(options, log);
        if (options.DryRun)
        {
            study.Estimate();
            return;
        }

        if (!options.ReportOnly)
            study.Run(cancellation);
        study.Write();
    }
}
