using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The <c>float_seq</c> columns of RecBole's <c>NAME.item</c>; a blank cell means that the item doesn't have the modality.</summary>
internal static class RecBoleItemFile
{
    private const string FeatureSuffix = "_feat";

    public static IReadOnlyList<FeatureTable> Read(string path)
    {
        using var text = new DelimitedText(path, '\t', quoted: false);
        var (header, types) = RecBoleReader.ReadHeader(text);
        Column[] columns = [.. Enumerable.Range(0, types.Length).Where(c => types[c] == "float_seq").Select(c => new Column(c, ModalityOf(header.Names[c], text)))];
        if (columns.Length == 0)
            return [];
        if (columns.DistinctBy(c => c.Modality).Count() != columns.Length)
            throw text.Error($"expected one column per modality, found {Shown.List(columns.Select(c => c.Modality))}.");
        int item = header.Require("item_id:token", "itemID:token");
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        while (text.Read())
        {
            if (text.FieldCount != types.Length)
                throw text.Error($"expected {types.Length} tab-separated columns ({Shown.List(header.Names)}), found {text.FieldCount}: {text.Shown}.");
            string id = text[item].ToString();
            if (string.IsNullOrWhiteSpace(id))
                throw text.Error("expected an item id, found a blank.");
            if (!lines.TryAdd(id, text.Line))
                throw text.Error($"expected each item once; found {Shown.Text(id)}, which is in line {lines[id]} already.");
            foreach (Column column in columns)
                column.Add(id, text);
        }

        return [.. columns.Where(c => c.Items.Count > 0).Select(c => FeatureTable.Adopt(c.Modality, c.Items, c.Dimension, c.Values.ToArray()))];
    }

    private static Modality ModalityOf(string header, DelimitedText text)
    {
        string name = header[..header.LastIndexOf(':')];
        try
        {
            return new Modality(name.EndsWith(FeatureSuffix, StringComparison.Ordinal) ? name[..^FeatureSuffix.Length] : name);
        }
        catch (ArgumentException exception)
        {
            throw new DatasetFormatException($"expected a float_seq column named by a modality (at most 64 letters, digits, '-' and '_'), found {Shown.Text(header)}.", text.File, text.Line, exception);
        }
    }

    private sealed class Column(int index, Modality modality)
    {
        public Modality Modality => modality;

        public List<string> Items { get; } = [];

        public List<float> Values { get; } = [];

        public int Dimension { get; private set; }

        public void Add(string id, DelimitedText text)
        {
            ReadOnlySpan<char> cell = text[index].Trim(' ');
            if (cell.IsEmpty)
                return;
            int before = Values.Count;
            foreach (Range range in cell.Split(' '))
            {
                if (cell[range].IsEmpty)
                    continue;
                if (!float.TryParse(cell[range], NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
                    throw text.Error($"expected numbers separated by spaces in the column {modality}, found {Shown.Text(cell[range])}.");
                Values.Add(value);
            }

            if (Items.Count == 0)
                Dimension = Values.Count;
            else if (Values.Count - before != Dimension)
                throw text.Error($"expected {Dimension} numbers in the column {modality} as in the first item, found {Values.Count - before}.");
            Items.Add(id);
        }
    }
}
