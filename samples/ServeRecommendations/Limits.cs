using DRepMRec.Serving;
using Microsoft.Net.Http.Headers;

namespace ServeRecommendations;

/// <summary>The most that a request may ask for.</summary>
internal static class Limits
{
    public const int BodyBytes = 1 << 20;
    public const int UploadBytes = 8 << 20;

    /// <summary>The texts and pictures of the items that were described: they're kept in memory.</summary>
    public const int DescribedBytes = 64 << 20;

    /// <summary>How many changes of the catalogue wait for their turn; more are sent away.</summary>
    public const int WaitingChanges = 32;

    public const int Count = 200;
    public const int Skip = 1_000_000_000;
    public const int History = 1000;
    public const int Ids = 10_000;
    public const int IdLength = 256;
    public const int TextLength = 2000;
    public const int Conditions = 32;
    public const int Pool = 10_000;

    /// <summary>
    /// How many items the catalogue may have that the model which was loaded doesn't have: each is kept in memory, and each change takes
    /// time in proportion to them. Of as many that were retired again is known that they are.
    /// </summary>
    public const int AddedItems = 10_000;

    /// <summary>The faults of a request, by field; empty for a valid one.</summary>
    public static Dictionary<string, string[]> Check(RecommendationRequest request)
    {
        Dictionary<string, string[]> errors = CheckRange("count", request.Count, Count);
        if (request.UserId is { Length: 0 })
            errors["userId"] = [$"Expected 1 to {IdLength} characters, got 0."];
        if (request.UserId is { Length: > IdLength })
            errors["userId"] = [$"Expected at most {IdLength} characters, got {request.UserId.Length}."];
        if (request.MinimumScore == float.PositiveInfinity)
            errors["minimumScore"] = ["Expected a number of single precision."];
        if (request.Pool > Pool)
            errors["pool"] = [$"Expected at most {Pool}, got {request.Pool}."];
        CheckIds(errors, "history", request.History, History);
        CheckIds(errors, "candidates", request.Candidates, Ids);
        CheckIds(errors, "excluded", request.Excluded, Ids);
        CheckConditions(errors, "where", request.Where, request.Where);
        CheckConditions(errors, "boosts", request.Boosts, request.Boosts.Select(b => b.Where));
        CheckConditions(errors, "quotas", request.Quotas, []);
        return errors;
    }

    /// <summary>The fault of a number.</summary>
    public static Dictionary<string, string[]> CheckRange(string field, int value, int most)
        => value >= 0 && value <= most ? [] : new Dictionary<string, string[]> { [field] = [$"Expected 0 to {most}, got {value}."] };

    /// <summary>The fault of an id.</summary>
    public static Dictionary<string, string[]> CheckId(string field, string id) => CheckText(field, id, IdLength);

    /// <summary>The fault of a text.</summary>
    public static Dictionary<string, string[]> CheckText(string field, string text, int most)
        => text.Length > 0 && text.Length <= most ? []
            : new Dictionary<string, string[]> { [field] = [$"Expected 1 to {most} characters, got {text.Length}."] };

    /// <summary>Refuses bodies in another encoding than UTF-8, before somebody looks for it.</summary>
    public static Task CheckEncoding(HttpContext context, RequestDelegate next)
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) && type.Charset.HasValue
            && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"Expected a body in UTF-8, got the character set '{type.Charset}'.", StatusCodes.Status415UnsupportedMediaType);
        }

        return next(context);
    }

    private static void CheckIds(Dictionary<string, string[]> errors, string field, IReadOnlyCollection<string>? ids, int most)
    {
        if (ids is null)
            return;
        if (ids.Count > most)
            errors[field] = [$"Expected at most {most} ids, got {ids.Count}."];
        else if (ids.Any(id => id is null || id.Length > IdLength))
            errors[field] = [$"Expected ids of at most {IdLength} characters."];
    }

    private static void CheckConditions<T>(
        Dictionary<string, string[]> errors, string field, IReadOnlyList<T> entries, IEnumerable<ItemCondition> conditions)
    {
        if (entries.Count > Conditions)
            errors[field] = [$"Expected at most {Conditions} entries, got {entries.Count}."];
        else if (conditions.Sum(c => (c.In?.Count ?? 0) + (c.NotIn?.Count ?? 0)) is > Ids and int categories)
            errors[field] = [$"Expected at most {Ids} categories, got {categories}."];
    }
}
