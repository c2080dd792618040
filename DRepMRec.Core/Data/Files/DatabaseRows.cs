using System.Data.Common;

namespace DRepMRec.Data;

/// <summary>
/// What a database answers as text: whole numbers, decimals and Guids in their invariant form, dates in ISO 8601 with a zone where the
/// value has one, NULL as a blank.
/// </summary>
internal sealed class DatabaseRows : CellRows
{
    private readonly DbDataReader _reader;

    public DatabaseRows(DbDataReader reader)
    {
        _reader = reader;
        Names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    protected override bool Next() => _reader.Read();

    protected override object? Value(int column) => _reader.IsDBNull(column) ? null : _reader.GetValue(column);
}
