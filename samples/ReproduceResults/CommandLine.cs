using System.CommandLine;
using Common;

namespace ReproduceResults;

internal sealed record CommandLine
{
    public required string Study { get; init; }

    public string? Data { get; init; }

    public required string Log { get; init; }

    /// <summary>The folder for tables and pictures; none to train alone.</summary>
    public string? Out { get; init; }

    /// <summary>The folder with files of features, of the study of features.</summary>
    public string? Features { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Jobs { get; init; }

    public required string Loss { get; init; }

    /// <summary>The names of the variants that were asked for; none for the variants that the study takes by itself.</summary>
    public required IReadOnlyList<string> Variants { get; init; }

    public required int Epochs { get; init; }

    public required int EvaluateEvery { get; init; }

    /// <summary>The number of the first made-up shop, of the study of shops.</summary>
    public required int FirstShop { get; init; }

    public required bool Preset { get; init; }

    public required bool ReportOnly { get; init; }

    public static int Run(string[] args, Action<CommandLine, CancellationToken> body)
    {
        var study = new Argument<string>("study")
        {
            Description = "models: baselines and hosts without and with BMA, and DRepMRec. ablations: DRepMRec with one thing changed. "
                + "lists: what lists are like beside their hits, and how true "
                + "probabilities are. features: text features that the data brings, and those of --features. "
                + "shops: some models in twenty made-up small shops. "
                + "temperatures: DRepMRec by the temperature of its softmax, without and with the item-to-item part. "
                + "recipes: the default trained at other rates and in other batches, and what that costs.",
        };
        study.AcceptOnlyFromAmong(Studies.Study.Names);
        Option<string?> data = TrainingOptions.Data();
        Option<string?> log = TrainingOptions.Log();
        var folder = new Option<string?>("--out")
        {
            Description = "A folder for tables (Markdown) and pictures (PNG); it is made if need be. Default: none, to train alone, as "
                + "processes beside each other do, each with a --log of its own; their lines, one file after the other, are one log.",
        };
        Option<string?> features = new Option<string?>("--features")
        {
            Description = "A folder with matrices (.npy) and the ids of their rows (items.txt), as samples/WebShop writes it "
                + "(--write-features); each is a variant of the study of features, by its name.",
        }.ExistingFolder();
        Option<int[]> seeds = TrainingOptions.Seeds(2024, 2025, 2026, 2027, 2028);
        Option<int> jobs = TrainingOptions.Jobs();
        var loss = new Option<string>("--loss")
        {
            Description = "The ranking loss: bpr or softmax.",
            DefaultValueFactory = _ => "bpr",
        };
        loss.AcceptOnlyFromAmong("bpr", "softmax");
        var variants = new Option<string[]>("--variants")
        {
            Description = "Some of the study's variants by name, with commas. Default: all, or the usual ones.",
            DefaultValueFactory = _ => [],
            CustomParser = OptionRules.Parts,
        };
        Option<int> epochs = TrainingOptions.Epochs(1000);
        Option<int> evaluateEvery = OptionRules.Number(
            "--evaluate-every", "Of features, temperatures and recipes: after how many epochs validation is ranked.", 1);
        Option<int> firstShop = OptionRules.Number("--first-shop", "Of shops: the number of the first of the made-up shops.", 1);
        var preset = new Option<bool>("--preset")
        {
            Description = "Of ablations: what is changed is what DRepMRecPreset has for the data, without the item-to-item part, in place "
                + "of the defaults.",
        };
        var reportOnly = new Option<bool>("--report-only")
        {
            Description = "Train nothing: write tables and pictures from what the log has.",
        };
        var root = new RootCommand("Makes the trainings of a study and writes its tables and pictures.")
        {
            study, data, log, folder, features, seeds, jobs, loss, variants, epochs, evaluateEvery, firstShop, preset, reportOnly,
        };
        root.Subcommands.Add(FairCommand.Create());
        root.Subcommands.Add(RecomputeCommand.Create());
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(WithoutContradiction(new CommandLine
        {
            Study = result.GetValue(study)!,
            Data = result.GetValue(data),
            Log = result.GetValue(log)!,
            Out = result.GetValue(folder),
            Features = result.GetValue(features),
            Seeds = result.GetValue(seeds)!,
            Jobs = result.GetValue(jobs),
            Loss = result.GetValue(loss)!,
            Variants = result.GetValue(variants)!,
            Epochs = result.GetValue(epochs),
            EvaluateEvery = result.GetValue(evaluateEvery),
            FirstShop = result.GetValue(firstShop),
            Preset = result.GetValue(preset),
            ReportOnly = result.GetValue(reportOnly),
        }), cancellation))));
        return Commands.Invoke(root, args);
    }

    private static CommandLine WithoutContradiction(CommandLine options)
    {
        if (options.ReportOnly && options.Out is null)
            throw new ArgumentException("--report-only: expected --out, a folder to write to.");
        if (options.Features is null == (options.Study == Studies.FeaturesStudy.Title))
            throw new ArgumentException("--features: expected a folder with the study of features, and with it alone.");
        if (options.EvaluateEvery != 1
            && options.Study is not (Studies.FeaturesStudy.Title or Studies.TemperaturesStudy.Title or Studies.RecipesStudy.Title))
        {
            throw new ArgumentException("--evaluate-every: expected with the studies of features, temperatures and recipes alone.");
        }

        if (options.FirstShop != 1 && options.Study != Studies.ShopsStudy.Title)
            throw new ArgumentException("--first-shop: expected with the study of shops alone.");
        if (options.Preset && options.Study != "ablations")
            throw new ArgumentException("--preset: expected with the study of ablations alone.");

        return options;
    }
}
