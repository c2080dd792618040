using System.CommandLine;
using Common;

namespace SearchOptions;

internal sealed record CommandLine
{
    public string? Data { get; init; }

    public required string Space { get; init; }

    public required SearchMethod Method { get; init; }

    public required int Trials { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Epochs { get; init; }

    public required int FirstEpochs { get; init; }

    public required int Jobs { get; init; }

    public required string Log { get; init; }

    public required bool Test { get; init; }

    public static int Run(string[] args, Action<CommandLine, CancellationToken> body)
    {
        var space = new Argument<string>("space")
        {
            Description = "A JSON file: \"fixed\" has option paths with a value each, \"search\" has option paths with a list of values "
                + "each.",
        };
        Option<string?> data = TrainingOptions.Data();
        var method = new Option<SearchMethod>("--method")
        {
            Description = "grid, random or halving.",
            DefaultValueFactory = _ => SearchMethod.Grid,
        };
        var trials = new Option<int>("--trials")
        {
            Description = "How many combinations random and halving draw.",
            DefaultValueFactory = _ => 16,
        }.AboveZero();
        Option<int[]> seeds = TrainingOptions.Seeds(2024);
        Option<int> epochs = TrainingOptions.Epochs(300);
        var first = new Option<int>("--first-epochs")
        {
            Description = "The most epochs of the first round of halving.",
            DefaultValueFactory = _ => 8,
        }.AboveZero();
        Option<int> jobs = TrainingOptions.Jobs();
        Option<string?> log = TrainingOptions.Log();
        var test = new Option<bool>("--test")
        {
            Description = "At the end, train the best combination once more and read its test figures.",
        };
        var root = new RootCommand("Searches the options of a model on validation.")
        {
            space, data, method, trials, seeds, epochs, first, jobs, log, test,
        };
        root.Validators.Add(result =>
        {
            bool IsGiven(Option<int> option) => result.GetResult(option) is { Implicit: false };
            string chosen = result.GetResult(method)?.Tokens is [{ Value: var name }] ? name : nameof(SearchMethod.Grid);
            if (Enum.TryParse(chosen, ignoreCase: true, out SearchMethod known)
                && known.Fault(IsGiven(trials), IsGiven(first)) is { } fault)
            {
                result.AddError(fault);
            }
        });
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(new CommandLine
        {
            Space = result.GetValue(space)!,
            Data = result.GetValue(data),
            Method = result.GetValue(method),
            Trials = result.GetValue(trials),
            Seeds = result.GetValue(seeds)!,
            Epochs = result.GetValue(epochs),
            FirstEpochs = result.GetValue(first),
            Jobs = result.GetValue(jobs),
            Log = result.GetValue(log)!,
            Test = result.GetValue(test),
        }, cancellation))));
        return Commands.Invoke(root, args);
    }
}
