using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Makes features of one modality of items' raw fields, by what it learned from a catalogue. It goes with the features that it made into
/// the dataset, the model and the model file, so that a new item gets features that the model understands.
/// </summary>
/// <remarks>
/// Immutable and safe for use by many threads; the same items give the same features, to the last bit. Those of the library:
/// <see cref="Features.TextEncoder"/>, <see cref="Features.CategoryEncoder"/>, <see cref="Features.NumberEncoder"/>, and what
/// <see cref="Features.EmbeddingEncoder"/> leaves behind, which has the generator's name and needs it.
/// </remarks>
public abstract class FeatureEncoder
{
    private protected FeatureEncoder(Modality modality, int dimension, IReadOnlyList<string> columns)
        => (Modality, Dimension, Columns) = (modality, dimension, columns);

    /// <summary>The modality.</summary>
    public Modality Modality { get; }

    /// <summary>The number of features d per item.</summary>
    public int Dimension { get; }

    /// <summary>The columns of an <see cref="ItemTable"/> that it reads.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The name of the generator that it needs, or <see langword="null"/> where it needs none.</summary>
    public virtual string? GeneratorName => null;

    /// <summary>Makes features of items. Those for which there is nothing to go by get no row: they lack the modality.</summary>
    /// <param name="items">The items. Columns that it reads and that they lack are blank.</param>
    /// <param name="cancellationToken">Ends the work between two items.</param>
    /// <exception cref="InvalidOperationException">It needs a generator: <see cref="Features.EmbeddingEncoder"/> has it.</exception>
    /// <exception cref="ArgumentException">A column is of another kind than the one it learned from.</exception>
    /// <exception cref="DatasetFormatException">There are more numbers than one array holds.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FeatureTable Encode(ItemTable items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ThrowIfOfAnotherKind(items);
        return FeatureTable.OfRows(this, items.Ids, Rows(items, cancellationToken));
    }

    /// <summary>The kind of column that each of <see cref="Columns"/> may be.</summary>
    internal abstract ReadOnlySpan<ItemColumnKind> Kinds { get; }

    /// <summary>The features of each item; <see langword="null"/> for those that lack the modality.</summary>
    internal abstract float[]?[] Rows(ItemTable items, CancellationToken cancellationToken);

    /// <summary>The names of columns to learn from: those asked for, else all of some kinds.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it is of another kind.</exception>
    internal static string[] Choose(ItemTable items, IReadOnlyList<string>? asked, params ReadOnlySpan<ItemColumnKind> kinds)
    {
        string expected = string.Join(" or ", kinds.ToArray());
        if (asked is null)
        {
            string[] all = [.. items.OfKind(kinds).Select(c => c.Name)];
            return all.Length > 0 ? all
                : throw new ArgumentException(
                    $"Expected a column of {expected}; the items have {Shown.List(items.Columns)}.", nameof(items));
        }

        foreach (string name in Guard.NotEmpty(asked, "Columns"))
        {
            if (items[name] is not { } column || !kinds.Contains(column.Kind))
            {
                throw new ArgumentException(
                    $"Expected a column {Shown.Text(name)} of {expected}; the items have {Shown.List(items.Columns)}.", nameof(items));
            }
        }

        return [.. asked];
    }

    /// <summary>Refuses columns of another kind than those it learned from.</summary>
    internal void ThrowIfOfAnotherKind(ItemTable items)
    {
        foreach (string name in Columns)
        {
            if (items[name] is { } column && !Kinds.Contains(column.Kind))
            {
                throw new ArgumentException(
                    $"The features of '{Modality}' are made of {string.Join(" or ", Kinds.ToArray())}; got {column}.", nameof(items));
            }
        }
    }
}
