using System.CommandLine;
using System.CommandLine.Parsing;
using Common;

namespace CompareModels;

internal sealed record CommandLine
{
    public string? Data { get; init; }

    public required IReadOnlyList<string> Models { get; init; }

    public required IReadOnlyList<bool> Bma { get; init; }

    public required string Loss { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Epochs { get; init; }

    public required int Threads { get; init; }

    public string? Json { get; init; }

    public string? Markdown { get; init; }

    public static int Run(string[] args, Action<CommandLine, CancellationToken> body)
    {
        Option<string?> data = TrainingOptions.Data();
        var models = new Option<string[]>("--models")
        {
            Description = $"all, or some of {string.Join(',', Catalogue.Names).ToLowerInvariant()}.",
            DefaultValueFactory = _ => [.. Catalogue.Names],
            CustomParser = ParseModels,
        };
        var bma = new Option<string>("--bma")
        {
            Description = "Whether BMA is plugged into the models that can take it: off, on or both. DRepMRec always has it.",
            DefaultValueFactory = _ => "both",
        };
        bma.AcceptOnlyFromAmong("off", "on", "both");
        var loss = new Option<string>("--loss") { Description = "The ranking loss: bpr or softmax.", DefaultValueFactory = _ => "bpr" };
        loss.AcceptOnlyFromAmong("bpr", "softmax");
        Option<int[]> seeds = TrainingOptions.Seeds(2024);
        Option<int> epochs = TrainingOptions.Epochs(1000);
        Option<int> threads = TrainingOptions.Threads();
        var json = new Option<string?>("--json")
        {
            Description = "A file for all figures, written after each training. Trainings that it already has are not made again.",
        }.InExistingFolder();
        var markdown = new Option<string?>("--markdown") { Description = "A file for the table." }.InExistingFolder();
        var root = new RootCommand("Trains recommenders without and with Behaviour-Modal Alignment and compares them on the test set.")
        {
            data, models, bma, loss, seeds, epochs, threads, json, markdown,
        };
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(new CommandLine
        {
            Data = result.GetValue(data),
            Models = result.GetValue(models)!,
            Bma = result.GetValue(bma) switch { "off" => [false], "on" => [true], _ => [false, true] },
            Loss = result.GetValue(loss)!,
            Seeds = result.GetValue(seeds)!,
            Epochs = result.GetValue(epochs),
            Threads = result.GetValue(threads),
            Json = result.GetValue(json),
            Markdown = result.GetValue(markdown),
        }, cancellation))));
        return Commands.Invoke(root, args);
    }

    private static string[] ParseModels(ArgumentResult argument)
    {
        string[] asked = OptionRules.Parts(argument);
        if (asked.Contains("all", StringComparer.OrdinalIgnoreCase))
            return [.. Catalogue.Names];
        foreach (string unknown in asked.Where(a => !Catalogue.Names.Contains(a, StringComparer.OrdinalIgnoreCase)))
        {
            argument.AddError(
                $"--models: there is no '{unknown}'; expected all or some of {string.Join(',', Catalogue.Names).ToLowerInvariant()}.");
        }

        return [.. Catalogue.Names.Where(n => asked.Contains(n, StringComparer.OrdinalIgnoreCase))];
    }
}
