using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>A column of <see cref="ItemMetadata"/>: a name, a kind, and for each item a value or none.</summary>
/// <remarks>
/// Immutable and safe for use by many threads. Values are copied into flat arrays: 8 bytes per number or date, 4 per item and 4 per value
/// of a category whose text is held once, 8 per item and the UTF-8 of each text.
/// </remarks>
public abstract class MetadataColumn
{
    private protected MetadataColumn(string name, MetadataKind kind, int count)
        => (Name, Kind, Count) = (ColumnName.Require(name), kind, count);

    /// <summary>The name, compared exactly.</summary>
    public string Name { get; }

    /// <summary>What the values are.</summary>
    public MetadataKind Kind { get; }

    /// <summary>The number of items.</summary>
    public int Count { get; }

    /// <summary>A column of at most one category per item.</summary>
    /// <param name="name">The name: at most 64 characters, no control characters among them, and no blanks at its ends.</param>
    /// <param name="values">For each item its category, or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The name can't be one, or a category is blank or isn't Unicode text.</exception>
    public static MetadataColumn Category(string name, IReadOnlyList<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return CategoryColumn.Of(name, values.Count, n => values[n] is { } value ? [value] : []);
    }

    /// <summary>A column of any number of categories per item.</summary>
    /// <param name="name">The name: at most 64 characters, no control characters among them, and no blanks at its ends.</param>
    /// <param name="values">For each item its categories; empty or <see langword="null"/> for none. Repeated ones count once.</param>
    /// <exception cref="ArgumentException">The name can't be one, or a category is blank or isn't Unicode text.</exception>
    public static MetadataColumn Categories(string name, IReadOnlyList<IReadOnlyCollection<string>?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return CategoryColumn.Of(name, values.Count, n => values[n] ?? []);
    }

    /// <summary>A column of numbers.</summary>
    /// <param name="name">The name: at most 64 characters, no control characters among them, and no blanks at its ends.</param>
    /// <param name="values">For each item its number, or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The name can't be one, or a number isn't finite.</exception>
    public static MetadataColumn Number(string name, IReadOnlyList<double?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return NumberColumn.Of(name, values);
    }

    /// <summary>A column of moments, kept to 100 ns in UTC.</summary>
    /// <param name="name">The name: at most 64 characters, no control characters among them, and no blanks at its ends.</param>
    /// <param name="values">For each item its date, or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The name can't be one.</exception>
    public static MetadataColumn Date(string name, IReadOnlyList<DateTimeOffset?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return DateColumn.Of(name, values);
    }

    /// <summary>A column of text to show.</summary>
    /// <param name="name">The name: at most 64 characters, no control characters among them, and no blanks at its ends.</param>
    /// <param name="values">For each item its text; blank or <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The name can't be one, or a text isn't Unicode text.</exception>
    public static MetadataColumn Text(string name, IReadOnlyList<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return TextColumn.Of(name, values);
    }

    /// <summary>The value of an item: a list of categories, a number, a date, a text; <see langword="null"/> for none.</summary>
    internal abstract object? Value(int row);

    /// <summary>The column with each row taken from this one or, where it's below 0, from the complement of a row of the newer.</summary>
    internal abstract MetadataColumn Merge(MetadataColumn newer, int[] rows);

    /// <summary>Whether a row meets a condition; rows below 0 have no value.</summary>
    /// <exception cref="ArgumentException">The condition asks what this kind of column can't answer.</exception>
    internal abstract Func<int, bool> Test(ItemCondition condition);

    /// <summary>The arrays of the column by name.</summary>
    internal abstract IEnumerable<SafeTensorSource> Arrays();

    /// <summary>Checks all that loading takes on trust.</summary>
    /// <exception cref="FormatException">Something doesn't hold.</exception>
    internal abstract void Verify();

    internal static MetadataColumn Read(MetadataColumnForm form, ModelArrays arrays, int rows) => form.Kind switch
    {
        MetadataKind.Category => CategoryColumn.Read(form.Name, arrays, rows),
        MetadataKind.Number => new NumberColumn(form.Name, arrays.Get<double>(NumberColumn.Array(form.Name), rows)),
        MetadataKind.Date => new DateColumn(form.Name, arrays.Get<long>(DateColumn.Array(form.Name), rows)),
        _ => TextColumn.Read(form.Name, arrays, rows),
    };

    private protected static string Prefix(string name) => $"metadata.{name}.";

    /// <summary>Refuses a condition that asks for what a kind of column doesn't have.</summary>
    private protected void ThrowIfAsks(bool asks, string what, string kinds)
    {
        if (asks)
        {
            throw new ArgumentException(
                $"The column {Shown.Text(Name)} is of {Kind}; {what} asks a column of {kinds}.", nameof(ItemCondition));
        }
    }

    private protected static string RequireText(string? value, string column, int row)
        => RawId.WhatIsWrong(value) is not { } wrong ? value!
            : throw new ArgumentException($"Column {Shown.Text(column)}: expected text for item number {row}, got {wrong}.", "values");
}
