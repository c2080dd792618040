using DRepMRec.Data;

namespace DRepMRec.Features;

/// <summary>From a catalogue's raw fields to features, with nothing but the library.</summary>
public static class ItemFeatureExtensions
{
    /// <summary>
    /// Makes features of all columns that there are: of title and texts by <see cref="TextEncoder"/>, of categories by
    /// <see cref="CategoryEncoder"/>, of numbers by <see cref="NumberEncoder"/>, each with its defaults. What there is nothing to learn
    /// from, such as categories that no two items share, is left out, and the notes of the dataset's summary say so.
    /// </summary>
    /// <param name="items">The catalogue.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">There is nothing to learn from.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<FeatureTable> MakeFeatures(this ItemTable items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        List<FeatureTable> tables = [];
        List<string> notes = [];
        void Try(Func<FeatureEncoder> fit, string what, params ReadOnlySpan<ItemColumnKind> kinds)
        {
            if (items.OfKind(kinds).Length == 0)
                return;
            try
            {
                tables.Add(fit().Encode(items, cancellationToken));
            }
            catch (ArgumentException e)
            {
                notes.Add($"no features of {what}: {Message(e)}");
            }
        }

        Try(() => TextEncoder.Fit(items, null, cancellationToken), "texts", ItemColumnKind.Title, ItemColumnKind.Text);
        Try(() => CategoryEncoder.Fit(items, null, cancellationToken), "categories", ItemColumnKind.Category);
        Try(() => NumberEncoder.Fit(items, null, cancellationToken), "numbers", ItemColumnKind.Number);
        if (tables.Count == 0)
        {
            throw new ArgumentException(notes.Count > 0 ? string.Join("; ", notes)
                : $"Expected a column of titles, texts, categories or numbers, got {items}.", nameof(items));
        }

        if (notes.Count > 0)
            tables[0] = tables[0].WithNotes(notes);
        return tables;
    }

    // Without the name of the parameter, which is another one here.
    private static string Message(ArgumentException e)
        => e.ParamName is null ? e.Message : e.Message.Replace($" (Parameter '{e.ParamName}')", "", StringComparison.Ordinal);
}
