using System.Globalization;
using System.Runtime.InteropServices;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>One <c>float_seq</c> column of RecBole's <c>NAME.item</c>, a modality.</summary>
internal sealed class RecBoleFeatures(int index, Modality modality)
{
    private readonly List<string> _items = [];
    private readonly List<long> _lines = [];
    private readonly List<int> _lengths = [];
    private readonly List<float> _values = [];

    public Modality Modality => modality;

    /// <summary>The column's position in the file.</summary>
    public int Index => index;

    /// <summary>Whether no item has features.</summary>
    public bool IsBlank => _items.Count == 0;

    /// <summary>Adds an item's cell.</summary>
    /// <returns>What was found in place of a number, for which the cell is passed over; otherwise <see langword="null"/>.</returns>
    public string? Add(string id, DelimitedText text)
    {
        ReadOnlySpan<char> cell = text[index].Trim(' ');
        if (cell.IsEmpty)
            return null;
        int before = _values.Count;
        foreach (Range range in cell.Split(' '))
        {
            if (cell[range].IsEmpty)
                continue;
            if (!float.TryParse(cell[range], NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
                || cell[range].Contains('\0'))
            {
                CollectionsMarshal.SetCount(_values, before);
                return Shown.Text(cell[range]);
            }

            _values.Add(value);
        }

        _items.Add(id);
        _lines.Add(text.Line);
        _lengths.Add(_values.Count - before);
        return null;
    }

    /// <summary>The features of the commonest length; of several as common, that of the first item.</summary>
    /// <param name="file">The file.</param>
    /// <param name="tell">Told the line of each item with another length, which is left out, and what is wrong with it.</param>
    public FeatureTable Close(string file, Action<long, string> tell)
    {
        var (dimension, count) = _lengths.GroupBy(length => length).Select(g => (g.Key, Count: g.Count())).MaxBy(l => l.Count);
        if (count == _items.Count)
            return FeatureTable.Adopt(modality, _items, dimension, _values.ToArray(), file);
        string others = dimension == _lengths[0] ? "the first item" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} items");
        List<string> items = [];
        Span<float> values = CollectionsMarshal.AsSpan(_values);
        int from = 0, to = 0;
        for (int n = 0; n < _items.Count; n++)
        {
            int length = _lengths[n];
            if (length == dimension)
            {
                values.Slice(from, length).CopyTo(values[to..]);
                to += length;
                items.Add(_items[n]);
            }
            else
            {
                tell(_lines[n], $"expected {dimension} numbers in the column {modality} as in {others}, found {length}.");
            }

            from += length;
        }

        return FeatureTable.Adopt(modality, items, dimension, values[..to].ToArray(), file);
    }
}
