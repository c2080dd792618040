using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The column names of a delimited file.</summary>
internal sealed class TableHeader
{
    private readonly DelimitedText _text;

    private TableHeader(DelimitedText text, string[] names)
    {
        _text = text;
        Names = names;
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

    /// <summary>The position of the first of the names that is there, or -1.</summary>
    public int Find(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            for (int i = 0; i < Names.Count; i++)
            {
                if (Names[i] == name)
                    return i;
            }
        }

        return -1;
    }

    /// <summary>The position of the first of the names that is there; the error names them and shows the header.</summary>
    public int Require(params ReadOnlySpan<string> names)
    {
        int column = Find(names);
        return column >= 0 ? column : throw _text.Error($"expected a column {string.Join(" or ", names.ToArray())} in the header, found {_text.Shown}.");
    }
}
