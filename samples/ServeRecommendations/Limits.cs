namespace ServeRecommendations;

/// <summary>What a request may ask for at most.</summary>
internal static class Limits
{
    public const int BodyBytes = 1 << 20;
    public const int Count = 200;
    public const int History = 1000;
    public const int Ids = 10_000;
    public const int IdLength = 256;

    /// <summary>What is wrong with a query, by field; empty when nothing is.</summary>
    public static Dictionary<string, string[]> Check(RecommendationQuery query)
    {
        var errors = CheckCount(query.Count);
        if (query.UserId is { Length: > IdLength })
            errors["userId"] = [$"Expected at most {IdLength} characters, got {query.UserId.Length}."];
        CheckIds(errors, "history", query.History, History);
        CheckIds(errors, "candidates", query.Candidates, Ids);
        CheckIds(errors, "excluded", query.Excluded, Ids);
        return errors;
    }

    public static Dictionary<string, string[]> CheckCount(int count)
        => count is >= 0 and <= Count ? [] : new Dictionary<string, string[]> { ["count"] = [$"Expected 0 to {Count}, got {count}."] };

    private static void CheckIds(Dictionary<string, string[]> errors, string field, IReadOnlyList<string>? ids, int most)
    {
        if (ids is null)
            return;
        if (ids.Count > most)
            errors[field] = [$"Expected at most {most} ids, got {ids.Count}."];
        else if (ids.Any(id => id is null || id.Length > IdLength))
            errors[field] = [$"Expected ids of at most {IdLength} characters."];
    }
}
