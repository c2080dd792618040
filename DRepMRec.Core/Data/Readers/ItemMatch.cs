using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Which items have both interactions and a row in a table of items.</summary>
internal static class ItemMatch
{
    private const int MaxExamples = 3;

    /// <summary>Compares the two sides.</summary>
    /// <exception cref="DatasetFormatException">No item is on both: the two name items in different ways.</exception>
    /// <exception cref="ArgumentException">The same with a table from memory.</exception>
    public static ItemMatchReport Check(InteractionLog log, ItemTable items)
    {
        var hasRow = new bool[log.Items.Count];
        var chosen = new bool[log.Items.Count];
        foreach (RawInteraction row in log.Rows)
            chosen[row.Item] = true;
        List<string> unchosen = [], lacking = [];
        foreach (string id in items.Ids)
        {
            if (log.Items.TryGet(id, out int number) && chosen[number])
                hasRow[number] = true;
            else
                unchosen.Add(id);
        }

        for (int number = 0; number < chosen.Length; number++)
        {
            if (chosen[number] && !hasRow[number])
                lacking.Add(log.Items[number]);
        }

        if (unchosen.Count == items.Count)
        {
            string message = string.Create(CultureInfo.InvariantCulture,
                $"Expected items that have interactions, found none: the interactions are with {lacking.Count:N0} items, such as "
                + $"{Show(lacking)}, the table has {items.Count:N0} others, such as {Show(items.Ids)}; ids must agree in every character.");
            throw items.Report is null ? new ArgumentException(message, nameof(items)) : new DatasetFormatException(message);
        }

        HashSet<string> spellings = [.. unchosen.Select(IdSpellings.Simplify)];
        return new ItemMatchReport(items.Count - unchosen.Count, unchosen.Count, [.. unchosen.Take(MaxExamples)], lacking.Count,
            [.. lacking.Take(MaxExamples)])
        {
            Alike = [.. lacking.Where(id => spellings.Contains(IdSpellings.Simplify(id))).Take(MaxExamples)],
        };
    }

    private static string Show(IEnumerable<string> ids) => string.Join(", ", ids.Take(MaxExamples).Select(id => Shown.Text(id)));
}
