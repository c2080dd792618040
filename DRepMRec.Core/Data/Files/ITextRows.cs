namespace DRepMRec.Data;

/// <summary>Rows of a table as text, one after the other: of a delimited file, JSON lines, Parquet, or what a database answers.</summary>
internal interface ITextRows
{
    /// <summary>The file's name for messages, or <see langword="null"/> when there is none.</summary>
    string? File { get; }

    /// <summary>The 1-based line at which the current row begins, or its 1-based number.</summary>
    long Line { get; }

    /// <summary>What <see cref="Line"/> counts: "line" or "row".</summary>
    string Unit { get; }

    /// <summary>How many rows the table says it has, before any is read; <see langword="null"/> where it doesn't say.</summary>
    long? RowCount => null;

    /// <summary>The number of cells of the current row.</summary>
    int FieldCount { get; }

    /// <summary>A cell of the current row; blank when it holds nothing. It is gone with the next row.</summary>
    ReadOnlySpan<char> this[int field] { get; }

    /// <summary>The bytes of a cell of the current row whose value are bytes, else <see langword="null"/>.</summary>
    byte[]? Bytes(int field) => null;

    /// <summary>The values of a cell of the current row that is a list of them, see <see cref="Choose"/>; else null.</summary>
    IReadOnlyList<string?>? List(int field) => null;

    /// <summary>What is wrong with a cell of the current row that is blank for what it holds, by <see cref="Excuse"/>; else null.</summary>
    string? Unreadable(int field) => null;

    /// <summary>The current row for messages.</summary>
    string Shown { get; }

    /// <summary>How columns are set apart, for messages, with a blank behind: "comma-separated ".</summary>
    string Separated { get; }

    /// <summary>What is wrong with the form of the current row, such that its cells mean nothing; else <see langword="null"/>.</summary>
    (RowMistakeKind Kind, string Message)? Broken { get; }

    /// <summary>The lines so far that begin no row; <see langword="null"/> where each does.</summary>
    QuotedLines? QuotedLines => null;

    /// <summary>Moves to the next row, which may be broken.</summary>
    bool Read();

    /// <summary>Says which columns are going to be asked for.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="lists">Those of which cells may be lists of single values, which <see cref="List"/> has then.</param>
    /// <exception cref="DatasetFormatException">A column has lists and isn't among <paramref name="lists"/>.</exception>
    void Choose(IReadOnlyCollection<int> columns, IReadOnlyCollection<int> lists)
    {
    }

    /// <summary>Says in which columns a cell that holds neither one value nor a list of them is blank, and doesn't break its row.</summary>
    /// <param name="columns">The columns, of those that were chosen.</param>
    void Excuse(IReadOnlyCollection<int> columns)
    {
    }

    /// <summary>The error that the current row brings about.</summary>
    DatasetFormatException Error(string message);
}
