namespace Benchmarks;

/// <summary>The suites by name.</summary>
internal static class Suites
{
    public const string All = "all";

    private static readonly Dictionary<string, Action<Arguments, Report, CancellationToken>> ByName = new()
    {
        ["kernels"] = KernelSuite.Run,
        ["epochs"] = EpochSuite.Run,
        ["scale"] = ScaleSuite.Run,
    };

    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    public static IEnumerable<KeyValuePair<string, Action<Arguments, Report, CancellationToken>>> Chosen(string name) => ByName.Where(s => name == All || s.Key == name);
}
