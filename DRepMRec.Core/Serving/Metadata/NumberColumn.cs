using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Numbers; NaN for none.</summary>
internal sealed class NumberColumn(string name, Block<double> values)
    : MetadataColumn(name, MetadataKind.Number, (int)values.Length)
{
    public static string Array(string name) => Prefix(name) + "numbers";

    public static NumberColumn Of(string name, IReadOnlyList<double?> values)
    {
        var numbers = new double[values.Count];
        for (int row = 0; row < numbers.Length; row++)
        {
            numbers[row] = values[row] is not { } value ? double.NaN
                : double.IsFinite(value) ? value
                : throw new ArgumentException(
                    $"Column {Shown.Text(name)}: expected a finite number for item number {row}, got {value}.", nameof(values));
        }

        return new NumberColumn(name, Block<double>.Copy(numbers));
    }

    internal double? Number(int row) => double.IsNaN(values[row]) ? null : values[row];

    internal override object? Value(int row) => Number(row);

    internal override MetadataColumn Merge(MetadataColumn newer, int[] rows)
        => Of(Name, [.. rows.Select(row => row >= 0 ? Number(row) : ((NumberColumn)newer).Number(~row))]);

    internal override Func<int, bool> Test(ItemCondition condition)
    {
        ThrowIfAsks(condition.AsksCategory, "In and NotIn", nameof(MetadataKind.Category));
        ThrowIfAsks(condition.AsksDate, "From and Before", nameof(MetadataKind.Date));
        double min = condition.Min ?? double.NegativeInfinity, max = condition.Max ?? double.PositiveInfinity;
        bool missing = condition.PassesMissing;
        return row => row < 0 || values[row] is var value && double.IsNaN(value) ? missing : value >= min && value <= max;
    }

    internal override IEnumerable<SafeTensorSource> Arrays() => [ModelWriter.Array(Array(Name), values)];

    internal override void Verify()
    {
        for (long row = 0; row < values.Length; row++)
        {
            if (double.IsInfinity(values[row]))
                throw new FormatException($"expected finite numbers; {Shown.Text(Name)} of the metadata's row {row} is {values[row]}");
        }
    }
}
