using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Which items have both interactions and a row of features. Where not one has, the two sides name items in different ways, and the table
/// is refused; where some have, the others are counted and shown.
/// </summary>
internal static class FeatureCoverage
{
    private const int Examples = 3;

    /// <summary>Checks a table against the interactions, and takes down what matches on one side alone.</summary>
    /// <param name="table">The table, all of whose ids are in the log.</param>
    /// <param name="log">The interactions.</param>
    /// <param name="isChosen">For each item's number, whether it has an interaction.</param>
    /// <exception cref="DatasetFormatException">The table is from a file, and no item with interactions has a row.</exception>
    /// <exception cref="ArgumentException">The table is from memory, and no item with interactions has a row.</exception>
    public static void Check(FeatureTable table, InteractionLog log, ReadOnlySpan<bool> isChosen)
    {
        if (table.ItemIds.Count == 0)
            throw NoRows(table);
        var hasRow = new bool[log.Items.Count];
        List<string> unchosen = [], lacking = [];
        foreach (string id in table.ItemIds)
        {
            int number = log.Items.Declare(id);
            hasRow[number] = true;
            if (!isChosen[number])
                unchosen.Add(id);
        }

        for (int number = 0; number < isChosen.Length; number++)
        {
            if (isChosen[number] && !hasRow[number])
                lacking.Add(log.Items[number]);
        }

        int both = table.ItemIds.Count - unchosen.Count;
        if (both == 0)
            throw NothingInCommon(table, lacking, log.HasCatalogue);
        if (unchosen.Count + lacking.Count > 0)
            log.Note(Describe(table, both, lacking, unchosen) + Alike(lacking, unchosen));
    }

    private static Exception NothingInCommon(FeatureTable table, List<string> chosen, bool hasCatalogue)
    {
        string others = hasCatalogue ? $", and {nameof(DatasetOptions)}.{nameof(DatasetOptions.Catalogue)} leaves out all other items" : "";
        string message = string.Create(CultureInfo.InvariantCulture,
            $"expected features of items that have interactions, found none of modality {table.Modality}: "
            + $"the interactions are with {chosen.Count:N0} items, such as {Show(chosen)}, the features of {table.ItemIds.Count:N0} "
            + $"others, such as {Show(table.ItemIds)}; ids must agree in every character{others}.");
        return Error(table, message);
    }

    private static Exception NoRows(FeatureTable table)
    {
        string columns = table.Encoder is null ? "" : $" by the columns {Shown.List(table.Encoder.Columns)}";
        return Error(table, $"expected features of items that have interactions; the table of modality {table.Modality} has no rows: "
            + $"nothing could be made of any item{columns}.");
    }

    private static Exception Error(FeatureTable table, string message) => table.Source is null
        ? new ArgumentException(string.Concat(message[..1].ToUpperInvariant(), message.AsSpan(1)), "features")
        : new DatasetFormatException(message, table.Source);

    private static string Describe(FeatureTable table, int both, List<string> lacking, List<string> unchosen)
    {
        string note = string.Create(CultureInfo.InvariantCulture,
            $"{table.Modality}: {both:N0} of {both + lacking.Count:N0} items with interactions have a row");
        if (lacking.Count > 0)
            note += string.Create(CultureInfo.InvariantCulture, $"; {lacking.Count:N0} have none, such as {Show(lacking)}");
        return unchosen.Count == 0 ? note
            : note + string.Create(CultureInfo.InvariantCulture,
                $"; {unchosen.Count:N0} rows are of items without interactions, such as {Show(unchosen)}");
    }

    // Items on either side that are one item to the eye.
    private static string Alike(List<string> lacking, List<string> unchosen)
    {
        var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string id in lacking)
            spellings.TryAdd(IdSpellings.Simplify(id), id);
        (string Row, string? Item)[] pairs =
            [.. unchosen.Select(id => (id, spellings.GetValueOrDefault(IdSpellings.Simplify(id)))).Where(pair => pair.Item2 is not null)];
        return pairs.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $"; {pairs.Length:N0} of these differ by {IdSpellings.Differences}, such as {Shown.Text(pairs[0].Row)} and "
            + $"{Shown.Text(pairs[0].Item)}");
    }

    private static string Show(IEnumerable<string> ids) => string.Join(", ", ids.Take(Examples).Select(id => Shown.Text(id)));
}
