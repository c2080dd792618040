namespace DRepMRec.Data;

/// <summary>The features of one modality for all items of a dataset, [I, d] in row-major order, and which items have them.</summary>
/// <remarks>Immutable and safe for use by many threads. Rows of items without this modality are zero and marked as not present.</remarks>
public sealed class ItemFeatures
{
    private readonly float[] _values;
    private readonly bool[] _present;

    /// <summary>Creates the features of a modality. Rows that are all zero or hold NaN or infinity become "not present" and zero.</summary>
    /// <param name="modality">The modality.</param>
    /// <param name="itemCount">The number of items I.</param>
    /// <param name="dimension">The number of features d per item, at least 1.</param>
    /// <param name="values">I * d values, row by row; copied.</param>
    /// <param name="present">Which items have the modality (I entries), or <see langword="null"/> when the values alone tell.</param>
    /// <exception cref="ArgumentException">The numbers of values or flags don't match, or the modality has no name.</exception>
    public ItemFeatures(Modality modality, int itemCount, int dimension, ReadOnlySpan<float> values, ReadOnlySpan<bool> present = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ThrowIfNameless(modality);
        if (values.Length != (long)itemCount * dimension)
        {
            throw new ArgumentException(
                $"Modality {modality}: expected {itemCount} x {dimension} = {(long)itemCount * dimension} values, got {values.Length}.",
                nameof(values));
        }

        if (!present.IsEmpty && present.Length != itemCount)
            throw new ArgumentException($"Modality {modality}: expected {itemCount} flags, got {present.Length}.", nameof(present));
        Modality = modality;
        ItemCount = itemCount;
        Dimension = dimension;
        _values = values.ToArray();
        _present = new bool[itemCount];
        MarkRows(present);
    }

    private ItemFeatures(Modality modality, int itemCount, int dimension, float[] values)
    {
        Modality = modality;
        ItemCount = itemCount;
        Dimension = dimension;
        _values = values;
        _present = new bool[itemCount];
        MarkRows(default);
    }

    /// <summary>The modality.</summary>
    public Modality Modality { get; }

    /// <summary>The number of items I.</summary>
    public int ItemCount { get; }

    /// <summary>The number of features d per item.</summary>
    public int Dimension { get; }

    /// <summary>How many items have this modality.</summary>
    public int PresentCount { get; private set; }

    /// <summary>What made the features of items' raw fields, or <see langword="null"/>.</summary>
    public FeatureEncoder? Encoder { get; private init; }

    /// <summary>All values, row by row: I * d.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Which items have this modality: I flags.</summary>
    public ReadOnlySpan<bool> Present => _present;

    /// <summary>The features of an item; zeros when it has none.</summary>
    /// <param name="item">The item's index.</param>
    public ReadOnlySpan<float> this[int item] => _values.AsSpan(item * Dimension, Dimension);

    /// <summary>Creates the features around an array of I * d values that nobody else changes; it isn't copied.</summary>
    internal static ItemFeatures Adopt(Modality modality, int itemCount, int dimension, float[] values, FeatureEncoder? encoder = null)
        => new(modality, itemCount, dimension, values) { Encoder = encoder };

    internal static void ThrowIfNameless(Modality modality)
    {
        if (string.IsNullOrEmpty(modality.Name))
            throw new ArgumentException("Features need a modality with a name.", nameof(modality));
    }

    private void MarkRows(ReadOnlySpan<bool> present)
    {
        for (int i = 0; i < ItemCount; i++)
        {
            Span<float> row = _values.AsSpan(i * Dimension, Dimension);
            bool hasRow = (present.IsEmpty || present[i]) && IsFeature(row);
            _present[i] = hasRow;
            PresentCount += hasRow ? 1 : 0;
            if (!hasRow)
                row.Clear();
        }
    }

    internal static bool IsFeature(ReadOnlySpan<float> row)
    {
        bool any = false;
        foreach (float value in row)
        {
            if (!float.IsFinite(value))
                return false;
            any |= value != 0;
        }

        return any;
    }
}
