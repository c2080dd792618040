using System.Collections;
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

    protected override object? Value(int column)
    {
        try
        {
            return _reader.IsDBNull(column) ? null : _reader.GetValue(column);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return (Lists.Contains(column) ? NumbersWithNull(column) : null) ?? throw new DatasetFormatException(
                Error($"expected a value in the column {Internals.Shown.Message(Names[column])}, found one that the provider can't give: "
                    + Internals.Shown.Message(exception.Message)).Message, File, null, exception);
        }
    }

    // Providers refuse to give a list of numbers in which one is NULL, unless a type is asked for that has room for it.
    private IEnumerable? NumbersWithNull(int column)
        => Try<List<int?>>(column) ?? Try<List<long?>>(column) ?? Try<int?[]>(column) ?? (IEnumerable?)Try<long?[]>(column);

    private T? Try<T>(int column) where T : class
    {
        try
        {
            return _reader.GetFieldValue<T>(column);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return null;
        }
    }

    // Numbers overflow that have more digits than a type of .NET, as PostgreSQL's may.
    private static bool IsRefusal(Exception exception)
        => exception is InvalidCastException or InvalidOperationException or NotSupportedException or OverflowException or FormatException;
}
