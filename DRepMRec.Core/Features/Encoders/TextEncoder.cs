using DRepMRec.Data;

namespace DRepMRec.Features;

/// <summary>Makes features of titles and texts by <see cref="TextFeatures"/>, with nothing but the library.</summary>
/// <example>
/// <code>
/// FeatureTable text = TextEncoder.Fit(products).Encode(products);
/// </code>
/// </example>
public sealed class TextEncoder : FeatureEncoder
{
    internal TextEncoder(Modality modality, IReadOnlyList<string> columns, TextFeatures features)
        : base(modality, features.Dimension, columns) => Features = features;

    /// <summary>The terms and directions that it learned.</summary>
    public TextFeatures Features { get; }

    internal override ReadOnlySpan<ItemColumnKind> Kinds => [ItemColumnKind.Title, ItemColumnKind.Text, ItemColumnKind.Category];

    /// <summary>Learns from a catalogue.</summary>
    /// <param name="items">The catalogue.</param>
    /// <param name="options">What of which columns; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two texts or two products.</param>
    /// <exception cref="ArgumentException">There is no such column, or no word that texts share.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TextEncoder Fit(ItemTable items, TextEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new TextEncoderOptions();
        string[] columns = options.Columns is null
            ? Choose(items, null, ItemColumnKind.Title, ItemColumnKind.Text)
            : Choose(items, options.Columns, ItemColumnKind.Title, ItemColumnKind.Text, ItemColumnKind.Category);
        return new TextEncoder(
            options.Modality, columns, TextFeatures.Fit(ItemTexts.Of(items, columns), options.Features, cancellationToken));
    }

    internal override float[]?[] Rows(ItemTable items, CancellationToken cancellationToken)
    {
        string?[] texts = ItemTexts.Of(items, Columns);
        var rows = new float[]?[texts.Length];
        Parallelism.ForRanges(texts.Length, 256, (begin, end) =>
        {
            for (int n = begin; n < end; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows[n] = Features.Encode(texts[n]);
            }
        });
        return rows;
    }
}
