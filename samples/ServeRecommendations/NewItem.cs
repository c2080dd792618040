using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>An item as a visitor describes it: what was typed, by column, and a picture.</summary>
internal sealed record NewItem(string Id, IReadOnlyDictionary<string, string[]> Fields, NewPicture? Picture)
{
    /// <summary>The memory that what was said and shown takes.</summary>
    public long Bytes
        => (Picture?.Data.LongLength ?? 0) + (sizeof(char) * Fields.Values.Sum(texts => texts.Sum(text => (long)text.Length)));

    /// <summary>Items as a table with the columns that a model knows and at least one of the items has.</summary>
    /// <param name="items">The items.</param>
    /// <param name="recommender">The model. Its metadata says what columns are of; others that features are made of are texts.</param>
    /// <param name="shelf">The columns of titles and pictures.</param>
    /// <exception cref="FormatException">A field isn't what its column is of, or there is no such column, or none of pictures.</exception>
    public static ItemTable Table(IReadOnlyList<NewItem> items, Recommender recommender, ShelfOptions shelf)
    {
        Dictionary<string, MetadataKind> kinds = (recommender.Metadata?.Columns ?? []).ToDictionary(c => c.Name, c => c.Kind);
        foreach (string name in recommender.Encoders.SelectMany(e => e.Columns))
            kinds.TryAdd(name, MetadataKind.Text);
        bool hasPictures = !string.IsNullOrEmpty(shelf.Picture); // What is bound of a configuration may be null too.
        if (hasPictures)
            kinds.Remove(shelf.Picture);
        var columns = new List<ItemColumn>();
        foreach (string name in items.SelectMany(i => i.Fields.Keys).Distinct())
        {
            if (!kinds.TryGetValue(name, out MetadataKind kind))
                throw new FormatException($"Expected one of {string.Join(", ", kinds.Keys)}, got '{name}'.");
            columns.Add(kind switch
            {
                MetadataKind.Category => ItemColumn.Category(name, Values<IReadOnlyCollection<string>>(items, name, texts => texts)),
                MetadataKind.Number => ItemColumn.Number(name, Values<double?>(items, name, texts => Number(name, texts))),
                MetadataKind.Date => ItemColumn.Date(name, Values<DateTimeOffset?>(items, name, texts => Date(name, texts))),
                _ when name == shelf.Title => ItemColumn.Title(name, Values(items, name, texts => string.Join('\n', texts))),
                _ => ItemColumn.Text(name, Values(items, name, texts => string.Join('\n', texts))),
            });
        }

        if (items.Any(i => i.Picture is not null))
        {
            if (!hasPictures)
                throw new FormatException("Expected no picture: this shop has no column of pictures.");
            columns.Add(ItemColumn.Image(shelf.Picture, [.. items.Select(i => i.Picture is { } p ? ItemImage.FromBytes(p.Data) : null)]));
        }

        return ItemTable.Of([.. items.Select(i => i.Id)], columns);
    }

    private static T?[] Values<T>(IReadOnlyList<NewItem> items, string name, Func<string[], T> read)
        => [.. items.Select(i => i.Fields.TryGetValue(name, out string[]? texts) ? read(texts) : default)];

    private static double Number(string name, string[] texts)
        => texts is [var text] && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) ? number
            : throw new FormatException($"Expected a number as {name}, got '{string.Join(", ", texts)}'.");

    private static DateTimeOffset Date(string name, string[] texts)
        => texts is [var text] && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date
            : throw new FormatException($"Expected a date as {name}, got '{string.Join(", ", texts)}'.");
}

/// <summary>A picture that was uploaded.</summary>
internal sealed record NewPicture(byte[] Data, string MediaType)
{
    /// <summary>Knows a picture by its first bytes, whatever it's called.</summary>
    /// <exception cref="FormatException">It's none that browsers show.</exception>
    public static NewPicture Of(byte[] data) => new(data, data switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => throw new FormatException("Expected a picture: PNG, JPEG, GIF or WebP."),
    });
}
