using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>Metadata of the items of <see cref="Served"/>, by arithmetic on their places.</summary>
internal static class Shelf
{
    private static readonly Lazy<Recommender> Stocked = new(() => Served.Recommender.WithMetadata(Of([.. Served.Recommender.Items])));

    public static DateTimeOffset FirstDay { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Recommender Recommender => Stocked.Value;

    public static string? Kind(int n) => n % 7 == 0 ? null : $"kind-{n % 5}";

    public static string[] Tags(int n) => [.. Enumerable.Range(0, n % 3).Select(t => $"tag-{(n + t) % 4}")];

    public static double? Price(int n) => n % 11 == 0 ? null : n * 37 % 100;

    public static DateTimeOffset? Released(int n) => n % 13 == 0 ? null : FirstDay.AddDays(n);

    public static string? Title(int n) => n % 17 == 0 ? null : $"Title {n} é";

    public static ItemMetadata Of(IReadOnlyList<string> ids) => Of(ids, n => n);

    /// <param name="ids">The items.</param>
    /// <param name="number">What the values of the item at a place follow from.</param>
    public static ItemMetadata Of(IReadOnlyList<string> ids, Func<int, int> number)
    {
        int[] numbers = [.. Enumerable.Range(0, ids.Count).Select(number)];
        return ItemMetadata.Of(ids,
            MetadataColumn.Category("kind", [.. numbers.Select(Kind)]),
            MetadataColumn.Categories("tags", [.. numbers.Select(Tags)]),
            MetadataColumn.Number("price", [.. numbers.Select(Price)]),
            MetadataColumn.Date("released", [.. numbers.Select(Released)]),
            MetadataColumn.Text("title", [.. numbers.Select(Title)]));
    }
}
