namespace Benchmarks;

/// <summary>The suites by name.</summary>
internal static class Suites
{
    public const string All = "all";

    // Trains to the end, twice: only when it's asked for by name.
    private const string Recipe = "recipe";

    private static readonly Dictionary<string, Action<Arguments, Report, CancellationToken>> ByName = new()
    {
        ["kernels"] = KernelSuite.Run,
        ["epochs"] = EpochSuite.Run,
        ["scale"] = ScaleSuite.Run,
        [Recipe] = RecipeSuite.Run,
    };

    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    public static IEnumerable<KeyValuePair<string, Action<Arguments, Report, CancellationToken>>> Chosen(string name) => ByName.Where(s => s.Key == name || (name == All && s.Key != Recipe));
}
