using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The header of one of RecBole's atomic files, whose columns are named <c>name:type</c>.</summary>
internal sealed class RecBoleHeader
{
    private static readonly string[] KnownTypes = ["token", "float", "token_seq", "float_seq"];
    private readonly DelimitedText _text;

    private RecBoleHeader(DelimitedText text, TableHeader columns, string[] types) => (_text, Columns, Types) = (text, columns, types);

    public TableHeader Columns { get; }

    /// <summary>The type of each column.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Whether a header line is RecBole's: it has a column with a type.</summary>
    public static bool IsHeader(string line) => line.Split('\t').Any(cell => Array.IndexOf(KnownTypes, TypeOf(cell)) >= 0);

    /// <summary>Reads a header and the type of each column.</summary>
    public static RecBoleHeader Read(DelimitedText text)
    {
        TableHeader columns = TableHeader.Read(text);
        string[] types = [.. columns.Names.Select(TypeOf)];
        int wrong = Array.FindIndex(types, type => Array.IndexOf(KnownTypes, type) < 0);
        if (wrong >= 0)
        {
            throw text.Error($"expected columns named name:type with a type of {string.Join(", ", KnownTypes)}, "
                + $"found {Shown.Text(columns.Names[wrong])}.");
        }

        return new RecBoleHeader(text, columns, types);
    }

    /// <summary>The position of a column of single numbers, or -1. A column of another type is an error: it would go unread.</summary>
    public int FindNumber(string name)
    {
        int column = Columns.Find([.. KnownTypes.Select(type => $"{name}:{type}")]);
        if (column >= 0 && Types[column] is not ("float" or "token"))
            throw _text.Error($"expected the column {name} as {name}:float or {name}:token, found {Shown.Text(Columns.Names[column])}.");
        return column;
    }

    /// <summary>The name of a column without its type.</summary>
    public string NameOf(int column) => Columns.Names[column][..Columns.Names[column].LastIndexOf(':')].Trim();

    private static string TypeOf(string cell) => cell.LastIndexOf(':') is > 0 and int at ? cell[(at + 1)..].Trim().ToLowerInvariant() : "";
}
