using Benchmarks.Serving;

namespace Benchmarks;

/// <summary>The suites by name.</summary>
internal static class Suites
{
    public const string All = "all";

    private static readonly Dictionary<string, Action<Arguments, Report, CancellationToken>> ByName = new()
    {
        ["kernels"] = KernelSuite.Run,
        ["epochs"] = EpochSuite.Run,
        ["threads"] = ThreadSuite.Run,
        ["compare"] = CompareSuite.Run,
        ["scale"] = ScaleSuite.Run,
        ["reach"] = ReachSuite.Run,
        ["recipe"] = RecipeSuite.Run,
        ["loading"] = LoadingSuite.Run,
        ["serving"] = (_, _, _) => ServingSuite.Run(),
        ["serving-rows"] = (arguments, report, _) => RowSuite.Run(arguments, report),
        ["item-to-item"] = (arguments, report, _) => ItemToItemSuite.Run(arguments, report),
        ["rerank"] = (_, _, _) => RerankSuite.Run(),
        ["serving-cold"] = (arguments, _, _) => ColdStart.Run(arguments.Data, arguments.Epochs),
        ["export"] = (arguments, _, cancellation) => ExportSuite.Run(arguments.Quick, cancellation),
        ["refresh"] = (arguments, _, _) => RefreshSuite.Run(arguments.Quick),
        ["serving-model"] = (_, _, _) => ServingSuite.WriteModel(),
    };

    // The others train to the end, or show tables of their own: only when they're asked for by name.
    private static readonly string[] InAll = ["kernels", "epochs", "scale"];

    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    public static IEnumerable<KeyValuePair<string, Action<Arguments, Report, CancellationToken>>> Chosen(string name)
        => ByName.Where(s => s.Key == name || (name == All && InAll.Contains(s.Key)));
}
