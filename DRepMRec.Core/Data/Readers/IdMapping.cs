using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// One of MMRec's mapping files (<c>u_id_mapping.csv</c>, <c>i_id_mapping.csv</c>): which raw id each whole number in the other files stands for.
/// It is tab-separated and has two columns, of which one is named userID or itemID and holds the numbers.
/// </summary>
internal sealed class IdMapping
{
    private readonly Dictionary<long, string> _rawIds = [];
    private readonly string _file;
    private readonly string _numberColumn;

    private IdMapping(string file, string numberColumn) => (_file, _numberColumn) = (file, numberColumn);

    /// <summary>Reads a mapping file if there is one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="numberColumn">The name of the column with the numbers.</param>
    /// <returns>The mapping, or <see langword="null"/> when the file doesn't exist.</returns>
    public static IdMapping? TryRead(string path, string numberColumn)
    {
        if (!File.Exists(path))
            return null;
        using var text = new DelimitedText(path, '\t', quoted: true);
        TableHeader header = TableHeader.Read(text);
        int number = header.Require(numberColumn);
        if (header.Names.Count != 2)
            throw text.Error($"expected 2 tab-separated columns, a raw id and {numberColumn}, found {text.Shown}.");
        var mapping = new IdMapping(text.File, numberColumn);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (text.Read())
        {
            if (text.FieldCount != 2)
                throw text.Error($"expected 2 tab-separated columns ({Shown.List(header.Names)}), found {text.FieldCount}: {text.Shown}.");
            if (!CanonicalId.TryParse(text[number], out long value))
                throw text.Error($"expected a whole number as {numberColumn}, found {Shown.Text(text[number])}.");
            string rawId = text[1 - number].ToString();
            if (string.IsNullOrWhiteSpace(rawId))
                throw text.Error($"expected a raw id as {Shown.Text(header.Names[1 - number])}, found a blank.");
            if (!seen.Add(rawId) || !mapping._rawIds.TryAdd(value, rawId))
                throw text.Error($"expected each raw id and each {numberColumn} once, found {text.Shown} after one of its two.");
        }

        return mapping;
    }

    /// <summary>Makes all raw ids known in the order of their numbers, and keeps that order.</summary>
    public void Register(IdCollector ids)
    {
        foreach (var (_, rawId) in _rawIds.OrderBy(pair => pair.Key))
            ids.Add(rawId);
        ids.KeepsOrder = true;
    }

    /// <summary>The raw id that a number in a row stands for.</summary>
    public string RawId(ReadOnlySpan<char> number, DelimitedText text)
        => CanonicalId.TryParse(number, out long value) && _rawIds.TryGetValue(value, out string? rawId)
            ? rawId
            : throw text.Error($"expected {(_numberColumn[0] is 'i' ? "an" : "a")} {_numberColumn} that {_file} has, found {Shown.Text(number)}.");

    /// <summary>The raw ids of the rows 0 to <paramref name="count"/> - 1 of a feature file.</summary>
    public string[] RawIds(int count, string featureFile)
    {
        var ids = new string[count];
        for (int row = 0; row < count; row++)
        {
            ids[row] = _rawIds.GetValueOrDefault(row)
                ?? throw new DatasetFormatException($"expected rows for the items that {_file} has, found {count} rows; it has no {_numberColumn} {row}.", featureFile);
        }

        return ids;
    }

    /// <summary>The largest number, or -1 when there is none.</summary>
    public long LargestNumber => _rawIds.Count == 0 ? -1 : _rawIds.Keys.Max();
}
