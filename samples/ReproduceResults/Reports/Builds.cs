using ReproduceResults.Trainings;

namespace ReproduceResults.Reports;

/// <summary>Which builds of the library made the trainings of a page.</summary>
internal static class Builds
{
    /// <summary>A sentence for the page; nothing where no training says it, as those of older logs don't.</summary>
    public static string? Of(IEnumerable<Training> trainings)
    {
        (string? Key, int Value)[] counts = [.. trainings.GroupBy(t => t.Library)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Count()))];
        return counts switch
        {
            [(null, _)] or [] => null,
            [(var build, _)] => $"Library: {build}.",
            _ => "Trainings of several builds of the library: "
                + $"{string.Join("; ", counts.Select(c => $"{c.Value} by {c.Key ?? "one that isn't known"}"))}.",
        };
    }
}
