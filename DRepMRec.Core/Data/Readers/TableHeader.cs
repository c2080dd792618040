using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// The column names of a delimited file. Names are found without regard to case and to blanks around them, and, where no column fits, also
/// without regard to blanks, '_' and '-' within: whoever writes 'X_Label ' or 'x-label' means x_label.
/// </summary>
internal sealed class TableHeader
{
    private readonly ITextRows _text;

    private TableHeader(ITextRows text, string[] names)
    {
        _text = text;
        Names = names;
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the first record as the header.</summary>
    /// <param name="text">The file, before it.</param>
    /// <param name="hint">What to say at the end of the error of two columns of one name.</param>
    public static TableHeader Read(DelimitedText text, string hint = "")
    {
        if (!text.Read())
            throw new DatasetFormatException("expected a header line, found an empty file.", text.File);
        var names = new string[text.FieldCount];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = text[i].ToString();
            if (!seen.Add(names[i]) && names[i].Length > 0) // Separators at the end of a line make columns without a name.
                throw text.Error($"expected each column once in the header, found {Shown.Text(names[i])} twice.{hint}");
        }

        return new TableHeader(text, names);
    }

    /// <summary>The header of a table whose columns have names of their own.</summary>
    public static TableHeader Of(ITextRows rows, IEnumerable<string> names) => new(rows, [.. names]);

    /// <summary>The position of the column that one of the names means, or -1. Two such columns are an error.</summary>
    public int Find(params ReadOnlySpan<string> names)
    {
        foreach (bool isLoose in new[] { false, true })
        {
            List<int> fitting = [];
            for (int column = 0; column < Names.Count; column++)
            {
                if (AnyMeans(names, Names[column], isLoose))
                    fitting.Add(column);
            }

            if (fitting.Count > 1)
            {
                string found = string.Join(" and ", fitting.Take(2).Select(column => Shown.Text(Names[column])));
                throw _text.Error($"expected one column {Shown.Message(names[0])} in the header, found {found}, which mean the same.");
            }

            if (fitting.Count == 1)
                return fitting[0];
        }

        return -1;
    }

    /// <summary>The position of the column that a caller named: by exactly this name, else the only one that means it.</summary>
    public int RequireNamed(string name)
    {
        int[] exact = [.. Enumerable.Range(0, Names.Count).Where(i => Names[i] == name).Take(2)];
        return exact.Length == 0 ? Require(name)
            : exact.Length == 1 ? exact[0]
            : throw _text.Error($"expected one column {Shown.Message(name)} in the header, found two, at the positions {exact[0]} and "
                + $"{exact[1]} from 0: give one of them another name, in a query by AS.");
    }

    /// <summary>The position of the column that one of the names means; the error names them and shows the header.</summary>
    public int Require(params ReadOnlySpan<string> names)
    {
        int column = Find(names);
        return column >= 0 ? column
            : throw _text.Error($"expected a column {Shown.Message(string.Join(" or ", names.ToArray()))} in the header, found "
                + $"{_text.Shown}.");
    }

    /// <summary>Takes down which columns aren't read.</summary>
    /// <param name="log">Where to.</param>
    /// <param name="read">The positions of the columns that are read.</param>
    public void NoteUnread(InteractionLog log, params IEnumerable<int> read)
    {
        HashSet<int> known = [.. read];
        string[] unread = [.. Names.Where((_, column) => !known.Contains(column))];
        if (unread.Length > 0)
        {
            string columns = unread.Length == 1 ? "1 column" : string.Create(CultureInfo.InvariantCulture, $"{unread.Length:N0} columns");
            log.Note($"{columns}{(_text.File is null ? "" : $" of {Shown.Name(_text.File)}")} not read: "
                + $"{Shown.List(unread.Select(name => name.Length == 0 ? "(without a name)" : name))}");
        }
    }

    private static bool AnyMeans(ReadOnlySpan<string> names, string column, bool isLoose)
    {
        foreach (string name in names)
        {
            if (Mean(name, column, isLoose))
                return true;
        }

        return false;
    }

    // Character by character: a header may have as many columns as bytes, so that nothing is made for each.
    private static bool Mean(string a, string b, bool isLoose)
    {
        var (i, endA) = Trim(a);
        var (j, endB) = Trim(b);
        while (true)
        {
            for (; i < endA && IsPassedOver(a[i], isLoose); i++)
            {
            }

            for (; j < endB && IsPassedOver(b[j], isLoose); j++)
            {
            }

            if (i == endA || j == endB)
                return i == endA && j == endB;
            if (char.ToLowerInvariant(a[i++]) != char.ToLowerInvariant(b[j++]))
                return false;
        }
    }

    private static (int Start, int End) Trim(string name)
    {
        int start = 0, end = name.Length;
        while (start < end && (IsInvisible(name[start]) || char.IsWhiteSpace(name[start])))
            start++;
        while (end > start && (IsInvisible(name[end - 1]) || char.IsWhiteSpace(name[end - 1])))
            end--;
        return (start, end);
    }

    private static bool IsInvisible(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static bool IsPassedOver(char c, bool isLoose) => IsInvisible(c) || (isLoose && (c is '_' or '-' || char.IsWhiteSpace(c)));
}
