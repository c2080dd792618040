using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// One of MMRec's mapping files (<c>u_id_mapping.csv</c>, <c>i_id_mapping.csv</c>): which raw id each whole number in the other files
/// stands for. It is tab-separated and has two columns, of which one is named userID or itemID and holds the numbers.
/// </summary>
internal sealed class IdMapping
{
    // By text: whole numbers of any length, and no input makes its lookups slow.
    private readonly Dictionary<string, string> _rawIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string _file;
    private readonly string _numberColumn;

    private IdMapping(string file, string numberColumn)
    {
        (_file, _numberColumn) = (file, numberColumn);
        _lookup = _rawIds.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Reads a mapping file if there is one.</summary>
    /// <param name="folder">The dataset's folder.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="numberColumn">The name of the column with the numbers.</param>
    /// <param name="log">What is told of lines that begin no row.</param>
    /// <returns>The mapping, or <see langword="null"/> when the file doesn't exist.</returns>
    public static IdMapping? TryRead(DatasetFolder folder, string name, string numberColumn, InteractionLog log)
    {
        if (folder.Find(name) is not { } file)
            return null;
        folder.Reads(file);
        using var text = new DelimitedText(folder[file], '\t', quoted: true);
        TableHeader header = TableHeader.Read(text);
        int number = header.Require(numberColumn);
        if (header.Names.Count != 2)
            throw text.Error($"expected 2 tab-separated columns, a raw id and {numberColumn}, found {text.Shown}.");
        var mapping = new IdMapping(file, numberColumn);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (text.Read())
        {
            if (text.FieldCount != 2)
                throw text.Error($"expected 2 tab-separated columns ({Shown.List(header.Names)}), found {text.FieldCount}: {text.Shown}.");
            if (!CanonicalId.IsWholeNumber(text[number]))
                throw text.Error($"expected a whole number as {numberColumn}, found {Shown.Text(text[number])}.");
            string rawId = text[1 - number].ToString();
            if (RawId.WhatIsWrong(rawId) is { } wrong)
                throw text.Error($"expected a raw id as {Shown.Text(header.Names[1 - number])}, found {wrong}.");
            if (!seen.Add(rawId) || !mapping._rawIds.TryAdd(text[number].ToString(), rawId))
                throw text.Error($"expected each raw id and each {numberColumn} once, found {text.Shown} after one of its two.");
        }

        if (text.QuotedLines is { } quoted)
            log.Note(FormattableString.Invariant($"{Shown.Name(file)}: {quoted.Count:N0} {quoted.Describe()}"));
        return mapping;
    }

    /// <summary>Makes raw ids known in the order of their numbers, and keeps that order.</summary>
    /// <param name="ids">What knows them from then on.</param>
    /// <param name="offered">Those that are wanted; <see langword="null"/> for all.</param>
    public void Register(IdCollector ids, IReadOnlyCollection<string>? offered = null)
    {
        HashSet<string>? wanted = offered is null ? null : [.. offered];
        string[] numbers = [.. _rawIds.Keys];
        Array.Sort(numbers, CanonicalId.Compare);
        foreach (string number in numbers.Where(number => wanted?.Contains(_rawIds[number]) != false))
            ids.Declare(_rawIds[number]);
        ids.Fixed = ids.Count;
    }

    /// <summary>Looks up the raw id that a number in a row stands for.</summary>
    public bool TryMap(ReadOnlySpan<char> number, [NotNullWhen(true)] out string? rawId) => _lookup.TryGetValue(number, out rawId);

    /// <summary>What a number should have been, for messages.</summary>
    public string Expected(ReadOnlySpan<char> number)
        => $"expected {(_numberColumn[0] is 'i' ? "an" : "a")} {_numberColumn} that {_file} has, found {Shown.Text(number)}.";

    /// <summary>The raw ids of the rows 0 to <paramref name="count"/> - 1 of a feature file.</summary>
    public string[] RawIds(int count, string featureFile)
    {
        var ids = new string[count];
        for (int row = 0; row < count; row++)
        {
            ids[row] = _rawIds.GetValueOrDefault(CanonicalId.Of(row)) ?? throw new DatasetFormatException(
                $"expected rows for the items that {_file} has, found {count} rows; it has no {_numberColumn} {row}.", featureFile);
        }

        return ids;
    }

    /// <summary>Refuses feature files without a row for the largest number.</summary>
    public void ThrowIfRowsMissing(List<FeatureTable> tables)
    {
        long largest = -1;
        foreach (string number in _rawIds.Keys)
            largest = CanonicalId.TryParse(number, out long value) ? Math.Max(largest, value) : largest;
        foreach (FeatureTable table in tables)
        {
            if (table.ItemIds.Count <= largest)
            {
                string expected = largest == long.MaxValue ? "more than 18 digits of"
                    : (largest + 1).ToString(CultureInfo.InvariantCulture);
                throw new DatasetFormatException($"expected {expected} rows for the items of {_file}, found {table.ItemIds.Count}.",
                    table.Source);
            }
        }
    }
}
