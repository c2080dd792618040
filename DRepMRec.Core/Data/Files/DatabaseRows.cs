using System.Data.Common;
using System.Globalization;

namespace DRepMRec.Data;

/// <summary>
/// What a database answers as text: whole numbers, decimals and Guids in their invariant form, dates in ISO 8601 with a zone where the
/// value has one, NULL as a blank.
/// </summary>
internal sealed class DatabaseRows(DbDataReader reader) : ITextRows
{
    private readonly TextCell[] _cells = [.. Enumerable.Range(0, reader.FieldCount).Select(_ => new TextCell())];
    private int[] _chosen = [];

    public IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];

    public string? File => null;

    public long Line { get; private set; }

    public string Unit => "row";

    public int FieldCount => Names.Count;

    public string Shown => Internals.Shown.Text(string.Join(',', Line == 0 ? Names : _chosen.Select(c => _cells[c].Text.ToString())));

    public string Separated => "";

    public (RowMistakeKind Kind, string Message)? Broken => null;

    public ReadOnlySpan<char> this[int field] => _cells[field].Text;

    public byte[]? Bytes(int field) => _cells[field].Bytes;

    public bool Read()
    {
        if (!reader.Read())
            return false;
        Line++;
        foreach (int column in _chosen)
            _cells[column].Set(reader.IsDBNull(column) ? null : reader.GetValue(column));
        return true;
    }

    public void Choose(IReadOnlyCollection<int> columns) => _chosen = [.. columns];

    public DatasetFormatException Error(string message)
        => new(Line == 0 ? message : string.Create(CultureInfo.InvariantCulture, $"row {Line}: {message}"));
}
