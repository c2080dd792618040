using System.CommandLine;
using System.Globalization;
using Common;
using DRepMRec.Data;

namespace Benchmarks;

internal sealed record Arguments
{
    public required string Suite { get; init; }

    public string? Data { get; init; }

    /// <summary>The numbers of threads, ascending; only the suite of threads has several.</summary>
    public required IReadOnlyList<int> ThreadCounts { get; init; }

    /// <summary>The most threads.</summary>
    public int Threads => ThreadCounts[^1];

    /// <summary>Only parts whose names contain this.</summary>
    public string? Part { get; init; }

    /// <summary>How long each part of the suite of threads is repeated.</summary>
    public required int Seconds { get; init; }

    /// <summary>MODEL=FILE for each log of another toolbox.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>Whether logs may be older than an hour.</summary>
    public bool AnyAge { get; init; }

    /// <summary>How many interactions the suite of reach makes.</summary>
    public required int Interactions { get; init; }

    /// <summary>How many steps of the epoch it makes; 0 for all.</summary>
    public required int Steps { get; init; }

    /// <summary>How many users get lists in it.</summary>
    public required int Users { get; init; }

    public required int Epochs { get; init; }

    public required bool Quick { get; init; }

    public string? Json { get; init; }

    /// <summary>The dataset that was asked for, or a synthetic one.</summary>
    public RecDataset Load() => Data is null
        ? SyntheticDataset.Create(new SyntheticOptions { Users = 9000, Items = 6500, Clusters = 60, MeanInteractions = 9 }).Data
        : RecDataset.Load(Data);

    public static int Run(string[] args, Action<Arguments, CancellationToken> body)
    {
        if (args is ["--spin", var time])
            return Neighbor.Spin(double.Parse(time, CultureInfo.InvariantCulture));
        var suite = new Option<string>("--suite")
        {
            Description = $"{string.Join(", ", Suites.Names)} or {Suites.All}.",
            DefaultValueFactory = _ => Suites.All,
        };
        suite.AcceptOnlyFromAmong([.. Suites.Names, Suites.All]);
        Option<string?> data = TrainingOptions.Data("a synthetic dataset of TikTok's size");
        var threads = new Option<string>("--threads")
        {
            Description = "The most threads; for threads several numbers, as 1,2,4.",
            DefaultValueFactory = _ => "1",
        };
        var part = new Option<string?>("--part") { Description = "For threads: only the parts whose names contain this." };
        Option<int> seconds = OptionRules.Number("--seconds", "For threads: how long each part is repeated.", 8);
        var logs = new Option<string[]>("--log")
        {
            Description = $"For compare: MODEL=FILE, the log of another toolbox; models: {string.Join(", ", CompareSuite.Models)}.",
        };
        var anyAge = new Option<bool>("--any-age") { Description = "For compare: logs may be older than an hour." };
        Option<int> interactions = OptionRules.Number("--interactions", "For reach: how many interactions.", 20_000_000);
        var steps = new Option<int>("--steps")
        {
            Description = "For reach: how many steps of the epoch; 0 for all.",
            DefaultValueFactory = _ => 20,
        };
        Option<int> users = OptionRules.Number("--users", "For reach: how many users get lists.", 1_000_000);
        Option<int> epochs = OptionRules.Number("--epochs", "The most epochs, for serving-cold and serving-rows.", 300);
        var quick = new Option<bool>("--quick") { Description = "Small sizes and few repetitions: does it run, not how fast is it." };
        var json = new Option<string?>("--json") { Description = "A file for all figures." }.InExistingFolder();
        var root = new RootCommand(
            "Times the library's kernels, epochs and large graphs beside the plain libtorch way and beside their bounds.")
        {
            suite, data, threads, part, seconds, logs, anyAge, interactions, steps, users, epochs, quick, json,
        };
        root.Validators.Add(result =>
        {
            string name = result.GetValue(suite)!;
            string[] taken = Suites.OptionsOf(name);
            foreach (Option option in root.Options.Where(o => o != suite && result.GetResult(o) is { Implicit: false }))
            {
                if (option.Name.StartsWith("--", StringComparison.Ordinal) && !taken.Contains(option.Name))
                {
                    string others = taken.Length > 0 ? string.Join(", ", taken) : "no other option";
                    result.AddError($"{option.Name}: --suite {name} takes {others}.");
                }
            }
        });
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(new Arguments
        {
            Suite = result.GetValue(suite)!,
            Data = result.GetValue(data),
            ThreadCounts = Counts(result.GetValue(suite)!, result.GetValue(threads)!),
            Part = result.GetValue(part),
            Seconds = result.GetValue(seconds),
            Logs = result.GetValue(logs) ?? [],
            AnyAge = result.GetValue(anyAge),
            Interactions = result.GetValue(interactions),
            Steps = result.GetValue(steps),
            Users = result.GetValue(users),
            Epochs = result.GetValue(epochs),
            Quick = result.GetValue(quick),
            Json = result.GetValue(json),
        }, cancellation))));
        return Commands.Invoke(root, args);
    }

    private static int[] Counts(string suite, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        int[] counts = [.. parts.Select(p => int.TryParse(p, CultureInfo.InvariantCulture, out int n) ? n : 0).Distinct().Order()];
        if (counts[0] < 1)
            throw new ArgumentException($"--threads: expected numbers of 1 or more, as 1,2,4; got '{text}'.");
        if (counts.Length > 1 && suite != "threads")
            throw new ArgumentException($"--threads: only --suite threads takes several numbers; got '{text}' for --suite {suite}.");
        return counts;
    }
}
