using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace DRepMRec.Data;

/// <summary>Reads columns of lists of a Parquet file, in any of its layouts, from their repetition and definition levels.</summary>
internal static class ParquetLists
{
    public static bool IsList(DataField field) => field.MaxRepetitionLevel > 0;

    /// <returns>The list of each row: <see langword="null"/> where the file has none, and without the blanks within it.</returns>
    /// <exception cref="FormatException">The column hasn't as many lists as the group has rows.</exception>
    public static async Task<Array> Read<T, TValue>(ParquetRowGroupReader group, DataField field, int count, Func<T, TValue> convert)
        where T : struct
    {
        using RawColumnData raw = await group.ReadRawColumnDataBaseAsync(field, CancellationToken.None).ConfigureAwait(false);
        return Gather((RawColumnData<T>)raw, field, count, convert);
    }

    // A value of the repetition level 0 begins a row. The values that are there stand behind each other; a lower definition level than
    // the highest says that there is none: that it is null, or that its list is empty or null.
    private static List<TValue>?[] Gather<T, TValue>(RawColumnData<T> raw, DataField field, int count, Func<T, TValue> convert)
        where T : struct
    {
        ReadOnlySpan<int> starts = raw.RepetitionLevels, levels = raw.DefinitionLevels;
        ReadOnlySpan<T> values = raw.Values;
        var lists = new List<TValue>?[count];
        int row = -1, next = 0;
        for (int n = 0; n < levels.Length; n++)
        {
            if (starts[n] == 0)
                row++;
            if (row < 0 || row >= count)
                break;
            if (levels[n] == field.MaxDefinitionLevel)
                (lists[row] ??= []).Add(convert(values[next++]));
        }

        return row == count - 1 ? lists
            : throw new FormatException($"expected {count} lists in the column {field.Path}, found another number of them");
    }
}
