using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>A column of an <see cref="ItemTable"/>: a name, a kind, and for each item a value or none.</summary>
/// <remarks>Immutable and safe for use by many threads. Lists that are given are copied.</remarks>
public sealed class ItemColumn
{
    private readonly IReadOnlyList<string?>? _texts;
    private readonly string[][]? _categories;
    private readonly double[]? _numbers;
    private readonly DateTimeOffset?[]? _dates;
    private readonly ItemImage?[]? _images;

    private ItemColumn(
        string name, ItemColumnKind kind, int count, IReadOnlyList<string?>? texts = null, string[][]? categories = null,
        double[]? numbers = null, DateTimeOffset?[]? dates = null, ItemImage?[]? images = null)
    {
        (Name, Kind, Count) = (ColumnName.Require(name), kind, count);
        (_texts, _categories, _numbers, _dates, _images) = (texts, categories, numbers, dates, images);
    }

    /// <summary>The name, compared exactly.</summary>
    public string Name { get; }

    /// <summary>What the values are.</summary>
    public ItemColumnKind Kind { get; }

    /// <summary>The number of items.</summary>
    public int Count { get; }

    /// <summary>The column of titles.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">For each item its title; blank or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">A title isn't Unicode text.</exception>
    public static ItemColumn Title(string name, IReadOnlyList<string?> values) => OfTexts(name, ItemColumnKind.Title, values);

    /// <summary>A column of texts for features.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">For each item its text; blank or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">A text isn't Unicode text.</exception>
    public static ItemColumn Text(string name, IReadOnlyList<string?> values) => OfTexts(name, ItemColumnKind.Text, values);

    /// <summary>A column of any number of categories per item.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">For each item its categories; empty or <see langword="null"/> for none. Repeated ones count once.</param>
    /// <exception cref="ArgumentException">A category is blank or isn't Unicode text.</exception>
    public static ItemColumn Category(string name, IReadOnlyList<IReadOnlyCollection<string>?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        for (int row = 0; row < values.Count; row++)
        {
            foreach (string category in values[row] ?? [])
            {
                if (RawId.WhatIsWrong(category) is { } wrong)
                    throw Wrong(name, row, $"a category, got {wrong}");
            }
        }

        return new ItemColumn(name, ItemColumnKind.Category, values.Count, categories: [.. values.Select(v => v is null ? []
            : v.Distinct(StringComparer.Ordinal).ToArray())]);
    }

    /// <summary>A column of numbers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">For each item its number, or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">A number isn't finite.</exception>
    public static ItemColumn Number(string name, IReadOnlyList<double?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        for (int row = 0; row < values.Count; row++)
        {
            if (values[row] is { } value && !double.IsFinite(value))
                throw Wrong(name, row, $"a finite number, got {value}");
        }

        return new ItemColumn(name, ItemColumnKind.Number, values.Count, numbers: [.. values.Select(v => v ?? double.NaN)]);
    }

    /// <summary>A column of moments.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">For each item its date, or <see langword="null"/> for none.</param>
    public static ItemColumn Date(string name, IReadOnlyList<DateTimeOffset?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new ItemColumn(name, ItemColumnKind.Date, values.Count, dates: [.. values]);
    }

    /// <summary>The column of pictures.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">For each item its picture, or <see langword="null"/> for none.</param>
    public static ItemColumn Image(string name, IReadOnlyList<ItemImage?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new ItemColumn(name, ItemColumnKind.Image, values.Count, images: [.. values]);
    }

    /// <summary>The title or text of an item, or <see langword="null"/>.</summary>
    /// <param name="row">The item's row, from 0.</param>
    /// <exception cref="InvalidOperationException">The column is of another kind.</exception>
    public string? TextOf(int row) => Values(_texts)[row];

    /// <summary>The categories of an item; empty for none.</summary>
    /// <param name="row">The item's row, from 0.</param>
    /// <exception cref="InvalidOperationException">The column is of another kind.</exception>
    public IReadOnlyList<string> CategoriesOf(int row) => Values(_categories)[row];

    /// <summary>The number of an item, or <see langword="null"/>.</summary>
    /// <param name="row">The item's row, from 0.</param>
    /// <exception cref="InvalidOperationException">The column is of another kind.</exception>
    public double? NumberOf(int row) => Values(_numbers)[row] is var number && double.IsNaN(number) ? null : number;

    /// <summary>The date of an item, or <see langword="null"/>.</summary>
    /// <param name="row">The item's row, from 0.</param>
    /// <exception cref="InvalidOperationException">The column is of another kind.</exception>
    public DateTimeOffset? DateOf(int row) => Values(_dates)[row];

    /// <summary>The picture of an item, or <see langword="null"/>.</summary>
    /// <param name="row">The item's row, from 0.</param>
    /// <exception cref="InvalidOperationException">The column is of another kind.</exception>
    public ItemImage? ImageOf(int row) => Values(_images)[row];

    /// <summary>The name and the kind.</summary>
    public override string ToString() => $"{Shown.Text(Name)} ({Kind})";

    private static ItemColumn OfTexts(string name, ItemColumnKind kind, IReadOnlyList<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        for (int row = 0; row < values.Count; row++)
        {
            if (!string.IsNullOrWhiteSpace(values[row]) && RawId.WhatIsWrong(values[row]) is { } wrong)
                throw Wrong(name, row, $"text, got {wrong}");
        }

        return new ItemColumn(name, kind, values.Count, texts: [.. values.Select(v => string.IsNullOrWhiteSpace(v) ? null : v)]);
    }

    private static ArgumentException Wrong(string name, int row, string what)
        => new($"Column {Shown.Text(name)}: expected of item number {row} {what}.", "values");

    private T Values<T>(T? values) where T : class
        => values ?? throw new InvalidOperationException($"The column {Shown.Text(Name)} is of {Kind}.");
}
