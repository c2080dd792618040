using Parquet;
using Parquet.Schema;

namespace DRepMRec.Data;

/// <summary>Reads a Parquet file as rows of text, one row group at a time; only the chosen columns are read.</summary>
internal sealed class ParquetRows : CellRows, IDisposable
{
    private readonly Stream _stream;
    private readonly ParquetReader _reader;
    private readonly DataField?[] _fields;
    private readonly Array?[] _values;
    private int _group;
    private int _row;
    private int _groupRows;

    public ParquetRows(string path)
    {
        File = Path.GetFileName(path);
        _stream = Internals.Files.OpenRead(path);
        try
        {
            ParquetFooter.ThrowIfUnsound(_stream);
            _reader = Wait(() => ParquetReader.CreateAsync(_stream, null, leaveStreamOpen: true, CancellationToken.None));
            RowCount = CountRows(_reader);
            _fields = [.. _reader.Schema.Fields.Select(field => field is ListField list ? list.Item as DataField : field as DataField)];
            Names = [.. _reader.Schema.Fields.Select(field => field.Name)];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _stream.Dispose();
            if (Internals.Files.IsOfSystem(exception))
                throw;
            throw new DatasetFormatException($"expected a Parquet file, found {Internals.Shown.Message(exception.Message)}", File, null,
                exception);
        }

        _values = new Array?[_fields.Length];
    }

    public override long? RowCount { get; }

    protected override bool Next()
    {
        if (_row + 1 < _groupRows)
        {
            _row++;
            return true;
        }

        while (_group < _reader.RowGroupCount)
        {
            ReadGroup(_group++);
            if (_groupRows > 0)
                return true;
        }

        return false;
    }

    protected override object? Value(int column) => _values[column]!.GetValue(_row);

    public override void Choose(IReadOnlyCollection<int> columns, IReadOnlyCollection<int> lists)
    {
        base.Choose(columns, lists);
        foreach (int column in columns)
        {
            bool mayBeList = lists.Contains(column);
            if (_fields[column] is not { } field || field.MaxRepetitionLevel > (mayBeList ? 1 : 0))
                throw NotSingle(column, mayBeList ? "lists of lists or structures" : "lists or structures");
        }
    }

    public void Dispose()
    {
        Task.Run(() => _reader.DisposeAsync().AsTask()).GetAwaiter().GetResult();
        _stream.Dispose();
    }

    // Parquet.Net goes on in its caller's context, whose thread may be the one that waits here.
    private static T Wait<T>(Func<Task<T>> start) => Task.Run(start).GetAwaiter().GetResult();

    private static long CountRows(ParquetReader reader)
    {
        long rows = 0;
        for (int index = 0; index < reader.RowGroupCount; index++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(index);
            rows = checked(rows + (group.RowCount >= 0 ? group.RowCount
                : throw new FormatException($"row group {index + 1} of {group.RowCount} rows")));
        }

        return rows;
    }

    private void ReadGroup(int index)
    {
        try
        {
            using ParquetRowGroupReader group = _reader.OpenRowGroupReader(index);
            (_row, _groupRows) = (0, checked((int)group.RowCount));
            foreach (int column in Chosen)
                _values[column] = Wait(() => ReadColumn(group, _fields[column]!, _groupRows));
        }
        catch (Exception exception) when (
            exception is not (OutOfMemoryException or DatasetFormatException) && !Internals.Files.IsOfSystem(exception))
        {
            throw new DatasetFormatException($"expected a Parquet file, found row group {index + 1} broken: "
                + Internals.Shown.Message(exception.Message), File, null, exception);
        }
    }

    private Task<Array> ReadColumn(ParquetRowGroupReader group, DataField field, int count)
    {
        Type type = field.ClrType;
        return type == typeof(string) || type == typeof(ReadOnlyMemory<char>) ? Strings(group, field, count)
            : (type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>)) && !ParquetLists.IsList(field) ? Bytes(group, field, count)
            : type == typeof(bool) ? Values<bool>(group, field, count)
            : type == typeof(sbyte) ? Values<sbyte>(group, field, count)
            : type == typeof(byte) ? Values<byte>(group, field, count)
            : type == typeof(short) ? Values<short>(group, field, count)
            : type == typeof(ushort) ? Values<ushort>(group, field, count)
            : type == typeof(int) ? Values<int>(group, field, count)
            : type == typeof(uint) ? Values<uint>(group, field, count)
            : type == typeof(long) ? Values<long>(group, field, count)
            : type == typeof(ulong) ? Values<ulong>(group, field, count)
            : type == typeof(float) ? Values<float>(group, field, count)
            : type == typeof(double) ? Values<double>(group, field, count)
            : type == typeof(decimal) ? Values<decimal>(group, field, count)
            : type == typeof(Guid) ? Values<Guid>(group, field, count)
            : type == typeof(DateTime) ? Dates(group, field, count)
            : type == typeof(DateOnly) ? Values<DateOnly>(group, field, count)
            : throw Error("expected text, numbers or dates in the column "
                + $"{Internals.Shown.Message(field.Path.FirstPart ?? field.Name)}, found {type.Name}.");
    }

    private static async Task<Array> Strings(ParquetRowGroupReader group, DataField field, int count)
    {
        if (ParquetLists.IsList(field))
        {
            return await ParquetLists.Read<ReadOnlyMemory<char>, string>(group, field, count, text => text.ToString())
                .ConfigureAwait(false);
        }

        var values = new string?[count];
        await group.ReadAsync(field, values.AsMemory(), null, CancellationToken.None).ConfigureAwait(false);
        return values;
    }

    private static async Task<Array> Bytes(ParquetRowGroupReader group, DataField field, int count)
    {
        var values = new byte[]?[count];
        await group.ReadAsync(field, values.AsMemory(), null, CancellationToken.None).ConfigureAwait(false);
        return values;
    }

    // Parquet.Net takes times without a zone as those of the machine's.
    private static async Task<Array> Dates(ParquetRowGroupReader group, DataField field, int count)
    {
        static DateTime Unzoned(DateTime date)
            => date.Kind == DateTimeKind.Local ? DateTime.SpecifyKind(date, DateTimeKind.Unspecified) : date;
        if (ParquetLists.IsList(field))
            return await ParquetLists.Read<DateTime, DateTime>(group, field, count, Unzoned).ConfigureAwait(false);
        return await Values<DateTime>(group, field, count).ConfigureAwait(false) switch
        {
            DateTime[] dates => Array.ConvertAll(dates, Unzoned),
            Array dates => Array.ConvertAll((DateTime?[])dates, date => date is { } known ? Unzoned(known) : date),
        };
    }

    private static async Task<Array> Values<T>(ParquetRowGroupReader group, DataField field, int count) where T : struct
    {
        if (ParquetLists.IsList(field))
            return await ParquetLists.Read<T, T>(group, field, count, value => value).ConfigureAwait(false);
        if (field.IsNullable)
        {
            var values = new T?[count];
            await group.ReadAsync(field, values.AsMemory(), null, CancellationToken.None).ConfigureAwait(false);
            return values;
        }

        var whole = new T[count];
        await group.ReadAsync(field, whole.AsMemory(), null, CancellationToken.None).ConfigureAwait(false);
        return whole;
    }
}
