namespace ReproduceResults.Reports;

/// <summary>Which lines of a page lack seeds.</summary>
internal static class Seeds
{
    /// <summary>A sentence for the page; nothing where all lines that are trained have the same seeds.</summary>
    public static string? Fewer(IEnumerable<Outcome> outcomes)
    {
        string[] lines = [.. outcomes.Where(o => o.IsTrained).GroupBy(o => o.First.Study).SelectMany(g => OfStudy([.. g]))];
        return lines.Length == 0 ? null : $"Lines with fewer seeds than others: {string.Join("; ", lines)}.";
    }

    private static IEnumerable<string> OfStudy(IReadOnlyList<Outcome> study)
    {
        int all = study.SelectMany(o => o.Trainings).Select(t => t.Seed).Distinct().Count();
        int splits = study.Select(o => o.First.SplitChecksum).Distinct().Count();
        return study.Where(o => o.Trainings.Count < all)
            .GroupBy(o => (o.Name, Seeds: string.Join(", ", o.Trainings.Select(t => t.Seed))))
            .Select(g => $"{g.Key.Name} ({g.Key.Seeds}{(splits == 1 ? "" : $" on {g.Count()} of {splits} splits")})");
    }
}
