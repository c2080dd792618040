using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// The <c>MODALITY_feat.npy</c> files of a folder, in which row r belongs to the item r. Row numbers become raw ids, so that such items
/// are known even when nobody interacted with them.
/// </summary>
internal static class RowAlignedFeatures
{
    public const string Suffix = "_feat.npy";

    /// <summary>Reads all feature files of a folder, in the order of their names.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="mapping">The raw ids of the row numbers; <see langword="null"/> for the numbers themselves.</param>
    public static List<FeatureTable> Read(DatasetFolder folder, IdMapping? mapping)
    {
        var tables = new List<FeatureTable>();
        var modalities = new HashSet<Modality>();
        string[] rowIds = [];
        foreach (string file in folder.EndingIn(Suffix))
        {
            folder.Reads(file);
            Modality modality = ModalityOf(file);
            if (!modalities.Add(modality))
                throw new DatasetFormatException($"expected one file per modality, found a second one for '{modality}'.", file);
            NpyMatrix matrix = NpyMatrix.Read(folder[file]);
            if (mapping is not null)
                rowIds = mapping.RawIds(matrix.Rows, file);
            else if (rowIds.Length < matrix.Rows)
                rowIds = [.. Enumerable.Range(0, matrix.Rows).Select(r => CanonicalId.Of(r))];
            tables.Add(FeatureTable.Adopt(modality, new ArraySegment<string>(rowIds, 0, matrix.Rows), matrix.Columns, matrix.Values, file));
        }

        return tables;
    }

    /// <summary>Refuses or leaves out interactions with items that have no row; only for ids that are row numbers themselves.</summary>
    public static void RequireRows(IReadOnlyList<FeatureTable> tables, InteractionLog log)
    {
        if (tables.Count == 0)
            return;
        FeatureTable smallest = tables.MinBy(table => table.ItemIds.Count)!;
        string? file = smallest.Source;
        log.LeaveOut(
            RowMistakeKind.Item,
            row => !CanonicalId.TryParse(log.Items[row.Item], out long number) || number >= smallest.ItemIds.Count,
            row =>
            {
                string id = log.Items[row.Item];
                return !CanonicalId.TryParse(id, out _)
                    ? $"expected a whole number as item id, because it is the row in {file}; found {Shown.Text(id)}."
                    : string.Create(CultureInfo.InvariantCulture, $"expected an item id from 0 to {smallest.ItemIds.Count - 1}, because "
                        + $"{file} has {smallest.ItemIds.Count} rows; found {Shown.Text(id)}.");
            });
    }

    private static Modality ModalityOf(string file)
    {
        try
        {
            return new Modality(file[..^Suffix.Length]);
        }
        catch (ArgumentException exception)
        {
            throw new DatasetFormatException(
                "expected a modality's name of at most 64 letters, digits, '-' and '_' before '_feat.npy'.", file, null, exception);
        }
    }
}
