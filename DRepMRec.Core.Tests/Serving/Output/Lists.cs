using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving.Output;

/// <summary>A model with ids that formats stumble over, and the rows that an export of it has to have.</summary>
internal static class Lists
{
    public static Recommender Recommender { get; } = Recommender.FromEmbeddings(
        ["a,b", "say \"hi\"", "日本\n2", "'; DROP TABLE x; --"], [1f, 0, 0, 1, 1, 1, 0, 0],
        ["plain", "x\"y", "c\r\nd"], [0.1f, 1e-9f, 2, -1, -3, float.Epsilon]);

    /// <summary>The rows, as one list after the other gives them.</summary>
    public static IReadOnlyList<(string User, int Rank, string Item, float Score, string Source)> Rows { get; } =
    [
        .. Recommender.Users.SelectMany(user =>
        {
            RecommendationList list = Recommender.Recommend(user, 20);
            return list.Select((r, n) => (user, n + 1, r.Item, r.Score, list.Source.ToString()));
        }),
    ];

    public static ExportSummary Summary { get; } = new(4, 0, 12);

    /// <summary>Some lists, and then an error.</summary>
    public static async IAsyncEnumerable<UserRecommendations> Broken()
    {
        await foreach (UserRecommendations list in Recommender.RecommendAllAsync())
            yield return list;
        throw new InvalidDataException("the source broke");
    }
}

/// <summary>An empty history that tells when it is read.</summary>
internal sealed class Watched(Action read) : IReadOnlyCollection<string>
{
    private bool _isSet;

    public int Count => 0;

    public IEnumerator<string> GetEnumerator()
    {
        // The request itself looks for null once.
        if (_isSet)
            read();
        _isSet = true;
        return Enumerable.Empty<string>().GetEnumerator();
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
