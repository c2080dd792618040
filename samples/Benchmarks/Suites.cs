using Benchmarks.Devices;
using Benchmarks.Serving;
using static System.StringSplitOptions;

namespace Benchmarks;

/// <summary>The suites by name.</summary>
internal static class Suites
{
    public const string All = "all";

    private static readonly Dictionary<string, (Action<Arguments, Report, CancellationToken> Run, string Takes)> ByName = new()
    {
        ["kernels"] = (KernelSuite.Run, "--data --threads --quick --json"),
        ["epochs"] = (EpochSuite.Run, "--data --threads --quick --json"),
        ["threads"] = (ThreadSuite.Run, "--data --threads --part --seconds --quick --json"),
        ["compare"] = (CompareSuite.Run, "--data --threads --log --any-age --quick --json"),
        ["devices"] = (DeviceSuite.Run, "--data --threads --quick --json"),
        ["scale"] = (ScaleSuite.Run, "--threads --quick --json"),
        ["reach"] = (ReachSuite.Run, "--threads --interactions --steps --users --json"),
        ["recipe"] = (RecipeSuite.Run, "--data --threads --quick --json"),
        ["loading"] = (LoadingSuite.Run, "--quick --json"),
        ["serving"] = ((_, _, _) => ServingSuite.Run(), ""),
        ["serving-rows"] = ((arguments, report, _) => RowSuite.Run(arguments, report), "--data --threads --epochs --quick --json"),
        ["item-to-item"] = ((arguments, report, _) => ItemToItemSuite.Run(arguments, report), "--data --quick --json"),
        ["rerank"] = ((_, _, _) => RerankSuite.Run(), ""),
        ["serving-cold"] = ((arguments, _, _) => ColdStart.Run(arguments.Data, arguments.Epochs), "--data --epochs"),
        ["export"] = ((arguments, _, cancellation) => ExportSuite.Run(arguments.Quick, cancellation), "--quick"),
        ["refresh"] = ((arguments, _, _) => RefreshSuite.Run(arguments.Quick), "--quick"),
        ["serving-model"] = ((_, _, _) => ServingSuite.WriteModel(), ""),
    };

    // The others train to the end, or show tables of their own: only when they're asked for by name.
    private static readonly string[] InAll = ["kernels", "epochs", "scale"];

    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    public static IEnumerable<(string Name, Action<Arguments, Report, CancellationToken> Run)> Chosen(string name)
        => ByName.Where(s => IsChosen(s.Key, name)).Select(s => (s.Key, s.Value.Run));

    /// <summary>The options that a suite, or all, takes beside its name.</summary>
    public static string[] OptionsOf(string name)
        => [.. ByName.Where(s => IsChosen(s.Key, name)).SelectMany(s => s.Value.Takes.Split(' ', RemoveEmptyEntries)).Distinct()];

    private static bool IsChosen(string suite, string name) => suite == name || (name == All && InAll.Contains(suite));
}
