using DRepMRec.Data;

namespace DRepMRec.Features;

/// <summary>
/// Makes features of categories: one of each category that is kept, 1 / sqrt(n) for an item with n of them in that column and 0 for others,
/// so that every column counts alike. Items without a category that is kept lack the modality.
/// </summary>
/// <example>
/// <code>
/// FeatureTable categories = CategoryEncoder.Fit(products).Encode(products);
/// </code>
/// </example>
public sealed class CategoryEncoder : FeatureEncoder
{
    private readonly Dictionary<string, int>[] _places;

    /// <param name="modality">The modality.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="categories">The categories of each column that are kept.</param>
    internal CategoryEncoder(Modality modality, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> categories)
        : base(modality, categories.Sum(c => c.Count), columns)
    {
        Categories = categories;
        _places = new Dictionary<string, int>[categories.Count];
        for (int c = 0, place = 0; c < _places.Length; c++)
        {
            _places[c] = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (string category in categories[c])
                _places[c].Add(category, place++);
        }
    }

    /// <summary>For each of the columns the categories that are kept, in the order of their features.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Categories { get; }

    internal override ReadOnlySpan<ItemColumnKind> Kinds => [ItemColumnKind.Category];

    /// <summary>Learns from a catalogue.</summary>
    /// <param name="items">The catalogue.</param>
    /// <param name="options">What of which columns; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two items.</param>
    /// <exception cref="ArgumentException">There is no such column, or no category that as many items have.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CategoryEncoder Fit(
        ItemTable items, CategoryEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new CategoryEncoderOptions();
        string[] columns = Choose(items, options.Columns, ItemColumnKind.Category);
        (int Column, string Name, int Items)[] kept =
        [
            .. columns.SelectMany((name, column) => Count(items[name]!, cancellationToken).Select(c => (Column: column, c.Name, c.Items)))
                .Where(c => c.Items >= options.MinItems)
                .OrderByDescending(c => c.Items).ThenBy(c => c.Column).ThenBy(c => c.Name, StringComparer.Ordinal)
                .Take(options.MaxCategories),
        ];
        if (kept.Length == 0)
        {
            throw new ArgumentException(
                $"Expected a category that at least {options.MinItems} items have (option {nameof(options.MinItems)}); found none in "
                + $"{items.Count} items.", nameof(items));
        }

        return new CategoryEncoder(options.Modality, columns,
            [.. columns.Select((_, column) => (string[])[.. kept.Where(k => k.Column == column).Select(k => k.Name)])]);
    }

    internal override float[]?[] Rows(ItemTable items, CancellationToken cancellationToken)
    {
        var rows = new float[]?[items.Count];
        for (int c = 0; c < Columns.Count; c++)
        {
            if (items[Columns[c]] is not { } column)
                continue;
            for (int row = 0; row < rows.Length; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int[] places = [.. column.CategoriesOf(row).Where(_places[c].ContainsKey).Select(name => _places[c][name])];
                foreach (int place in places)
                    (rows[row] ??= new float[Dimension])[place] = 1 / MathF.Sqrt(places.Length);
            }
        }

        return rows;
    }

    private static IEnumerable<(string Name, int Items)> Count(ItemColumn column, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int row = 0; row < column.Count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string category in column.CategoriesOf(row))
                counts[category] = counts.GetValueOrDefault(category) + 1;
        }

        return counts.Select(c => (c.Key, c.Value));
    }
}
