using System.Globalization;
using System.Runtime.InteropServices;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The <c>float_seq</c> columns of RecBole's <c>NAME.item</c>; a blank cell means an item without the modality.</summary>
internal static class RecBoleItemFile
{
    private const string FeatureSuffix = "_feat";

    public static IReadOnlyList<FeatureTable> Read(DatasetFolder folder, string file, InteractionLog log, BadRowHandling badRows)
    {
        folder.Reads(file);
        using var text = new DelimitedText(folder[file], '\t', quoted: false);
        RecBoleHeader header = RecBoleHeader.Read(text);
        int[] sequences = [.. Enumerable.Range(0, header.Types.Count).Where(c => header.Types[c] == "float_seq")];
        Column[] columns = [.. sequences.Select(c => new Column(c, ModalityOf(header, c, text)))];
        if (columns.Length == 0)
            return [];
        if (columns.DistinctBy(c => c.Modality).Count() != columns.Length)
            throw text.Error($"expected one column per modality, found {Shown.List(columns.Select(c => c.Modality))}.");
        int item = header.Columns.Require("item_id:token", "itemID:token");
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        string? AddLine()
        {
            if (text.FieldCount != header.Types.Count)
            {
                return $"expected {header.Types.Count} tab-separated columns ({Shown.List(header.Columns.Names)}), "
                    + $"found {text.FieldCount}: {text.Shown}.";
            }

            string id = text[item].ToString();
            if (RawId.WhatIsWrong(id) is { } wrongId)
                return $"expected an item id, found {wrongId}.";
            if (!lines.TryAdd(id, text.Line))
                return $"expected each item once; found {Shown.Text(id)}, which is in line {lines[id]} already.";
            string? wrong = null;
            foreach (Column column in columns)
                wrong = column.Add(id, text) ?? wrong;
            return wrong;
        }

        DatasetFormatException? first = null;
        long skipped = 0;
        while (text.Read())
        {
            if (AddLine() is not { } wrong)
                continue;
            first ??= text.Error(wrong);
            if (badRows == BadRowHandling.Stop)
                throw first;
            skipped++;
        }

        if (first is not null)
            log.Note($"{LoadReport.Rows(skipped)} skipped among features, the first: {first.Message}");
        foreach (Column column in columns.Where(c => c.Items.Count == 0))
            log.Note($"the column {column.Modality} of {Shown.Name(file)} is blank in every line");
        return [.. columns.Where(c => c.Items.Count > 0)
            .Select(c => FeatureTable.Adopt(c.Modality, c.Items, c.Dimension, c.Values.ToArray(), file))];
    }

    private static Modality ModalityOf(RecBoleHeader header, int column, DelimitedText text)
    {
        string name = header.NameOf(column);
        try
        {
            return new Modality(name.EndsWith(FeatureSuffix, StringComparison.OrdinalIgnoreCase) ? name[..^FeatureSuffix.Length] : name);
        }
        catch (ArgumentException exception)
        {
            throw new DatasetFormatException(
                "expected a float_seq column named by a modality (at most 64 letters, digits, '-' and '_'), "
                + $"found {Shown.Text(header.Columns.Names[column])}.",
                text.File, text.Line, exception);
        }
    }

    private sealed class Column(int index, Modality modality)
    {
        public Modality Modality => modality;

        public List<string> Items { get; } = [];

        public List<float> Values { get; } = [];

        public int Dimension { get; private set; }

        /// <summary>Adds an item's cell.</summary>
        /// <returns>What is wrong with the cell, which is passed over then; otherwise <see langword="null"/>.</returns>
        public string? Add(string id, DelimitedText text)
        {
            ReadOnlySpan<char> cell = text[index].Trim(' ');
            if (cell.IsEmpty)
                return null;
            int before = Values.Count;
            foreach (Range range in cell.Split(' '))
            {
                if (cell[range].IsEmpty)
                    continue;
                if (!float.TryParse(cell[range], NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
                    || cell[range].Contains('\0'))
                {
                    CollectionsMarshal.SetCount(Values, before);
                    return $"expected numbers separated by spaces in the column {modality}, found {Shown.Text(cell[range])}.";
                }

                Values.Add(value);
            }

            int found = Values.Count - before;
            if (Items.Count == 0)
                Dimension = found;
            else if (found != Dimension)
            {
                CollectionsMarshal.SetCount(Values, before);
                return $"expected {Dimension} numbers in the column {modality} as in the first item, found {found}.";
            }

            Items.Add(id);
            return null;
        }
    }
}
