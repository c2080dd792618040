using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Moments as ticks of 100 ns in UTC since the year 1; -1 for none.</summary>
internal sealed class DateColumn(string name, Block<long> ticks) : MetadataColumn(name, MetadataKind.Date, (int)ticks.Length)
{
    private const long None = -1;

    public static string Array(string name) => Prefix(name) + "ticks";

    public static DateColumn Of(string name, IReadOnlyList<DateTimeOffset?> values)
        => new(name, Block<long>.Copy([.. values.Select(v => v?.UtcTicks ?? None)]));

    internal DateTimeOffset? Date(int row)
    {
        long value = ticks[row];
        return value == None ? null
            : value >= 0 && value <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(value, TimeSpan.Zero)
            : throw new ModelFileException($"The model is damaged: the date of the metadata's row {row} is {value} ticks.");
    }

    internal override object? Value(int row) => Date(row);

    internal override MetadataColumn Merge(MetadataColumn newer, int[] rows)
        => Of(Name, [.. rows.Select(row => row >= 0 ? Date(row) : ((DateColumn)newer).Date(~row))]);

    internal override Func<int, bool> Test(ItemCondition condition)
    {
        ThrowIfAsks(condition.AsksCategory, "In and NotIn", nameof(MetadataKind.Category));
        ThrowIfAsks(condition.AsksNumber, "Min and Max", nameof(MetadataKind.Number));
        long from = condition.From?.UtcTicks ?? 0, before = condition.Before?.UtcTicks ?? long.MaxValue;
        bool missing = condition.PassesMissing;
        return row => row < 0 || ticks[row] is var value && value == None ? missing : value >= from && value < before;
    }

    internal override IEnumerable<SafeTensorSource> Arrays() => [ModelWriter.Array(Array(Name), ticks)];

    internal override void Verify()
    {
        for (long row = 0; row < ticks.Length; row++)
        {
            if (ticks[row] < None || ticks[row] > DateTimeOffset.MaxValue.Ticks)
            {
                throw new FormatException($"expected dates up to the year 9999; {Shown.Text(Name)} of the metadata's row {row} is "
                    + $"{ticks[row]} ticks");
            }
        }
    }
}
