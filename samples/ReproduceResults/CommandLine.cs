using System.CommandLine;
using Common;

namespace ReproduceResults;

internal sealed record CommandLine
{
    /// <summary>What <c>--loss</c> takes for both at once.</summary>
    public const string BothLosses = "both";

    public required string Study { get; init; }

    public string? Data { get; init; }

    public required string Log { get; init; }

    /// <summary>The folder for tables and pictures.</summary>
    public required string Out { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Jobs { get; init; }

    public required string Loss { get; init; }

    /// <summary>The names of the variants that were asked for; none for the variants that the study takes by itself.</summary>
    public required IReadOnlyList<string> Variants { get; init; }

    public required int Epochs { get; init; }

    public required bool ReportOnly { get; init; }

    public static int Run(string[] args, Action<CommandLine, CancellationToken> body)
    {
        var study = new Argument<string>("study")
        {
            Description = "models: baselines and hosts without and with BMA, and DRepMRec. ablations: DRepMRec with one thing changed. "
                + "splits: some models on five other random splits. lists: what lists are like beside their hits, and how true "
                + "probabilities are. features: text features of the library and those that the data brings (with titles.tsv beside it).",
        };
        study.AcceptOnlyFromAmong(Studies.Study.Names);
        Option<string?> data = TrainingOptions.Data();
        Option<string?> log = TrainingOptions.Log();
        var folder = new Option<string>("--out")
        {
            Description = "A folder for tables (Markdown) and pictures (PNG); it is made if need be.",
            Required = true,
        };
        Option<int[]> seeds = TrainingOptions.Seeds(2024, 2025, 2026, 2027, 2028);
        Option<int> jobs = TrainingOptions.Jobs();
        var loss = new Option<string>("--loss")
        {
            Description = "The ranking loss: bpr, softmax, or both, side by side (splits only).",
            DefaultValueFactory = _ => "bpr",
        };
        loss.AcceptOnlyFromAmong("bpr", "softmax", BothLosses);
        var variants = new Option<string[]>("--variants")
        {
            Description = "Some of the study's variants by name, with commas. Default: all; of splits DRepMRec, MGCN and MGCN + BMA.",
            DefaultValueFactory = _ => [],
            CustomParser = OptionRules.Parts,
        };
        Option<int> epochs = TrainingOptions.Epochs(1000);
        var reportOnly = new Option<bool>("--report-only")
        {
            Description = "Train nothing: write tables and pictures from what the log has.",
        };
        var root = new RootCommand("Makes the trainings of a study and writes its tables and pictures.")
        {
            study, data, log, folder, seeds, jobs, loss, variants, epochs, reportOnly,
        };
        root.Subcommands.Add(FairCommand.Create());
        root.Subcommands.Add(RecomputeCommand.Create());
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(new CommandLine
        {
            Study = result.GetValue(study)!,
            Data = result.GetValue(data),
            Log = result.GetValue(log)!,
            Out = result.GetValue(folder)!,
            Seeds = result.GetValue(seeds)!,
            Jobs = result.GetValue(jobs),
            Loss = result.GetValue(loss)!,
            Variants = result.GetValue(variants)!,
            Epochs = result.GetValue(epochs),
            ReportOnly = result.GetValue(reportOnly),
        }, cancellation))));
        return Commands.Invoke(root, args);
    }
}
