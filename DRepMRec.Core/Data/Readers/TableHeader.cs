using System.Globalization;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// The column names of a delimited file. A name is found by its exact characters or else, where one column alone fits, without regard to case,
/// blanks, '_' and '-': whoever writes 'X_Label ' means x_label.
/// </summary>
internal sealed class TableHeader
{
    private readonly DelimitedText _text;
    private readonly string[] _keys;

    private TableHeader(DelimitedText text, string[] names)
    {
        _text = text;
        Names = names;
        _keys = [.. names.Select(KeyOf)];
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the first record as the header.</summary>
    public static TableHeader Read(DelimitedText text)
    {
        if (!text.Read())
            throw new DatasetFormatException("expected a header line, found an empty file.", text.File);
        var names = new string[text.FieldCount];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = text[i].ToString();
            if (!seen.Add(names[i]))
                throw text.Error($"expected each column once in the header, found {Shown.Text(names[i])} twice.");
        }

        return new TableHeader(text, names);
    }

    /// <summary>The position of the column that one of the names means, or -1. Two that mean the same are an error: which is right isn't known.</summary>
    public int Find(params ReadOnlySpan<string> names)
    {
        int found = -1;
        for (int n = 0; n < names.Length; n++)
        {
            string key = KeyOf(names[n]);
            for (int i = 0; i < _keys.Length; i++)
            {
                if (i == found || _keys[i] != key)
                    continue;
                if (found >= 0)
                    throw Ambiguous(names[0], [Names[Math.Min(found, i)], Names[Math.Max(found, i)]]);
                found = i;
            }
        }

        return found;
    }

    /// <summary>The position of the column that a caller named: the one with exactly this name, else the only one that means the same.</summary>
    public int RequireNamed(string name)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
                return i;
        }

        return Require(name);
    }

    /// <summary>The position of the column that one of the names means; the error names them and shows the header.</summary>
    public int Require(params ReadOnlySpan<string> names)
    {
        int column = Find(names);
        return column >= 0 ? column
            : throw _text.Error($"expected a column {Shown.Message(string.Join(" or ", names.ToArray()))} in the header, found {_text.Shown}.");
    }

    /// <summary>Takes down which columns aren't read.</summary>
    /// <param name="log">Where to.</param>
    /// <param name="read">The positions of those that are.</param>
    public void NoteUnread(InteractionLog log, params IEnumerable<int> read)
    {
        HashSet<int> known = [.. read];
        string[] unread = [.. Names.Where((_, column) => !known.Contains(column))];
        if (unread.Length > 0)
        {
            string columns = unread.Length == 1 ? "1 column" : string.Create(CultureInfo.InvariantCulture, $"{unread.Length:N0} columns");
            log.Note($"{columns} of {Shown.Name(_text.File)} not read: {Shown.List(unread.Select(name => name.Length == 0 ? "(without a name)" : name))}");
        }
    }

    private DatasetFormatException Ambiguous(string name, string[] found)
        => _text.Error($"expected one column {Shown.Message(name)} in the header, found {string.Join(" and ", found.Select(f => Shown.Text(f)))}, which mean the same.");

    private static string KeyOf(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            if (c is not ('_' or '-') && !char.IsWhiteSpace(c) && !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format)
                key.Append(char.ToLowerInvariant(c));
        }

        return key.ToString();
    }
}
