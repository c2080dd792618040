using System.Collections;
using System.Globalization;

namespace DRepMRec.Data;

/// <summary>Rows of typed values, which are turned into text in a cell for each column.</summary>
internal abstract class CellRows : ITextRows
{
    private readonly Dictionary<int, IReadOnlyList<string?>?> _values = [];

    public IReadOnlyList<string> Names { get; protected init; } = [];

    public string? File { get; protected init; }

    public long Line { get; private set; }

    public string Unit => "row";

    public virtual long? RowCount => null;

    public int FieldCount => Names.Count;

    public string Shown => Internals.Shown.Text(string.Join(',', Line == 0 ? Names : Chosen.Select(c => Cells[c].Text.ToString())));

    public string Separated => "";

    public (RowMistakeKind Kind, string Message)? Broken => null;

    /// <summary>The columns that are read, each once and in ascending order: some databases give no value after a later one.</summary>
    protected int[] Chosen { get; private set; } = [];

    /// <summary>Those of <see cref="Chosen"/> of which cells may be lists.</summary>
    protected int[] Lists { get; private set; } = [];

    private TextCell[] Cells => field ??= [.. Names.Select(_ => new TextCell())];

    public ReadOnlySpan<char> this[int field] => Cells[field].Text;

    public IReadOnlyList<string?>? List(int field) => _values.GetValueOrDefault(field);

    public byte[]? Bytes(int field) => Cells[field].Bytes;

    public bool Read()
    {
        if (!Next())
            return false;
        Line++;
        foreach (int column in Chosen)
            Set(column, Value(column));
        return true;
    }

    public virtual void Choose(IReadOnlyCollection<int> columns, IReadOnlyCollection<int> lists)
        => (Chosen, Lists) = ([.. columns.Distinct().Order()], [.. lists]);

    public DatasetFormatException Error(string message)
        => new(Line == 0 ? message : string.Create(CultureInfo.InvariantCulture, $"row {Line}: {message}"), File);

    /// <summary>Goes to the next row, if there is one.</summary>
    protected abstract bool Next();

    /// <summary>The value of the row in a chosen column, <see langword="null"/> for a blank.</summary>
    protected abstract object? Value(int column);

    /// <summary>The error of a column that holds what can't be read.</summary>
    protected DatasetFormatException NotSingle(int column, string found) => Error(
        $"expected single values{(Lists.Contains(column) ? ", or lists of them," : "")} in the column "
            + $"{Internals.Shown.Message(Names[column])}, found {found}.");

    private void Set(int column, object? value)
    {
        _values[column] = null;
        if (!TextCell.IsList(value))
            Cells[column].Set(value);
        else if (!Lists.Contains(column))
            throw NotSingle(column, "lists or structures");
        else
        {
            _values[column] = TextCell.TryReadList((IEnumerable)value) ?? throw NotSingle(column, "lists of lists or structures");
            Cells[column].Set(null);
        }
    }
}
