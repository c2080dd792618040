using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// The features of one modality by raw item id, on their way into a dataset. Items of the dataset without a row don't have the modality;
/// a row for an item without interactions adds that item.
/// </summary>
public sealed class FeatureTable
{
    private const int MaxItemsPerRow = 1000;
    private const long MaxCells = 1 << 26;

    /// <summary>Creates a table.</summary>
    /// <param name="modality">The modality.</param>
    /// <param name="itemIds">The raw item id of each row, each once; copied.</param>
    /// <param name="dimension">The number of features d per item, at least 1.</param>
    /// <param name="values">One row of d values per id, row by row; not copied: don't change them until the dataset is built.</param>
    /// <exception cref="ArgumentException">The number of values is wrong, or an id is blank, not Unicode text or there twice.</exception>
    public FeatureTable(Modality modality, IReadOnlyList<string> itemIds, int dimension, ReadOnlyMemory<float> values)
        : this(modality, Copy(itemIds), dimension, values, null, null)
    {
        var seen = new HashSet<string>(ItemIds.Count, StringComparer.Ordinal);
        for (int row = 0; row < ItemIds.Count; row++)
        {
            if (RawId.WhatIsWrong(ItemIds[row]) is { } wrong)
            {
                throw new ArgumentException(
                    $"Modality {modality}: the item id of row {row} must be Unicode text that isn't blank; found {wrong}.",
                    nameof(itemIds));
            }

            if (!seen.Add(ItemIds[row]))
            {
                throw new ArgumentException(
                    $"Modality {modality}: each item must have one row; {Shown.Text(ItemIds[row])} has a second one, row {row}.",
                    nameof(itemIds));
            }
        }
    }

    private FeatureTable(
        Modality modality, IReadOnlyList<string> itemIds, int dimension, ReadOnlyMemory<float> values, float[]? owned, string? source)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ItemFeatures.ThrowIfNameless(modality);
        long expected = (long)itemIds.Count * dimension;
        if (values.Length != expected)
        {
            throw new ArgumentException(
                $"Modality {modality}: expected {itemIds.Count} x {dimension} = {expected} values, got {values.Length}.", nameof(values));
        }

        Modality = modality;
        ItemIds = itemIds;
        Dimension = dimension;
        Values = values;
        Owned = owned;
        Source = source;
    }

    /// <summary>The modality.</summary>
    public Modality Modality { get; }

    /// <summary>The raw item id of each row.</summary>
    public IReadOnlyList<string> ItemIds { get; }

    /// <summary>The number of features d per item.</summary>
    public int Dimension { get; }

    /// <summary>The values, row by row.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The file that both the ids and the values come from, or <see langword="null"/> when they were in memory.</summary>
    internal string? Source { get; }

    /// <summary>What made the features of items' raw fields, or <see langword="null"/>.</summary>
    public FeatureEncoder? Encoder { get; private init; }

    /// <summary>
    /// What encoders couldn't make features of though it was there, and why, in sentences: a picture that can't be found, a request that
    /// failed. Of a dataset they are among <see cref="DatasetSummary.Notes"/>.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    private float[]? Owned { get; }

    /// <summary>Reads a table from a <c>.npy</c> file with one row per item.</summary>
    /// <param name="path">The file: a matrix of floating-point or whole numbers of any size, byte order and memory order.</param>
    /// <param name="modality">The modality.</param>
    /// <param name="itemIds">The raw item id of each row, each once.</param>
    /// <exception cref="DatasetFormatException">The file isn't such a matrix, or has another number of rows.</exception>
    /// <exception cref="ArgumentException">An id is blank or not Unicode text, or it occurs twice.</exception>
    public static FeatureTable LoadNpy(string path, Modality modality, IReadOnlyList<string> itemIds)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(itemIds);
        NpyMatrix matrix = NpyMatrix.Read(path);
        if (matrix.Rows != itemIds.Count)
        {
            throw new DatasetFormatException($"expected {itemIds.Count} rows, one per item id, found {matrix.Rows}.",
                Path.GetFileName(path));
        }

        return new FeatureTable(modality, itemIds, matrix.Columns, matrix.Values.AsMemory());
    }

    /// <summary>A table from a file, whose ids are known to be sound. It owns its array, which may become the dataset's.</summary>
    internal static FeatureTable Adopt(Modality modality, IReadOnlyList<string> itemIds, int dimension, float[] values, string source)
        => new(modality, itemIds, dimension, values, values, source);

    /// <summary>The table of those items that have a row.</summary>
    internal static FeatureTable OfRows(
        FeatureEncoder encoder, IReadOnlyList<string> itemIds, float[]?[] rows, IReadOnlyList<string>? notes = null)
    {
        int[] known = [.. Enumerable.Range(0, rows.Length).Where(n => rows[n] is not null)];
        ThrowIfTooMany(encoder.Modality, known.Length, encoder.Dimension);
        var values = new float[known.Length * encoder.Dimension];
        for (int n = 0; n < known.Length; n++)
            rows[known[n]]!.CopyTo(values, n * encoder.Dimension);
        return new FeatureTable(encoder.Modality, [.. known.Select(n => itemIds[n])], encoder.Dimension, values, values, null)
        {
            Encoder = encoder,
            Notes = notes ?? [],
        };
    }

    /// <summary>The same table with more to say.</summary>
    internal FeatureTable WithNotes(IEnumerable<string> notes)
        => new(Modality, ItemIds, Dimension, Values, Owned, Source) { Encoder = Encoder, Notes = [.. Notes, .. notes] };

    /// <summary>The rows of those items that are asked for.</summary>
    internal FeatureTable Of(int[] rows)
    {
        var values = new float[rows.Length * Dimension];
        for (int n = 0; n < rows.Length; n++)
            Values.Span.Slice(rows[n] * Dimension, Dimension).CopyTo(values.AsSpan(n * Dimension));
        return new FeatureTable(Modality, [.. rows.Select(row => ItemIds[row])], Dimension, values, values, Source)
        {
            Encoder = Encoder,
            Notes = Notes,
        };
    }

    /// <summary>Lines the rows up with the items of a dataset.</summary>
    internal ItemFeatures Align(IdMap items)
    {
        if (ItemIds.SequenceEqual(items.Ids))
        {
            return ItemFeatures.Adopt(Modality, items.Count, Dimension, Owned ?? Values.ToArray(), Encoder);
        }

        long cells = (long)items.Count * Dimension;
        ThrowIfTooMany(Modality, items.Count, Dimension, Source);
        if (cells > MaxCells && cells / MaxItemsPerRow > Values.Length)
        {
            throw new DatasetFormatException(
                $"expected at least one of {MaxItemsPerRow} items to have the modality {Modality}, found {ItemIds.Count} of {items.Count}: "
                + $"the matrix of {items.Count} x {Dimension} would be nearly empty. Leave the modality out, or the items that lack it.",
                Source);
        }

        var values = new float[cells];
        for (int row = 0; row < ItemIds.Count; row++)
            Values.Span.Slice(row * Dimension, Dimension).CopyTo(values.AsSpan(items.IndexOf(ItemIds[row]) * Dimension));
        return ItemFeatures.Adopt(Modality, items.Count, Dimension, values, Encoder);
    }

    private static string[] Copy(IReadOnlyList<string> itemIds)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        return [.. itemIds];
    }

    /// <summary>Refuses more values than an array holds.</summary>
    internal static void ThrowIfTooMany(Modality modality, int items, int dimension, string? source = null)
    {
        if ((long)items * dimension > Array.MaxLength)
        {
            throw new DatasetFormatException(
                $"expected at most {Array.MaxLength} values of modality {modality}, found {items} items x {dimension}.", source);
        }
    }
}
