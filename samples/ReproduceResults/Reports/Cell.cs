using System.Globalization;
using MathNet.Numerics.Statistics;

namespace ReproduceResults.Reports;

/// <summary>Numbers as tables show them.</summary>
internal static class Cell
{
    public static string Number(double value, int digits = 4)
        => double.IsNaN(value) ? "" : value.ToString("F" + digits, CultureInfo.InvariantCulture);

    /// <summary>With its sign; what rounds to 0 has none of its own.</summary>
    public static string Signed(double value, int digits = 4)
        => double.IsNaN(value) ? ""
            : Math.Round(value, digits) is 0 ? Number(0, digits)
            : value.ToString(digits == 1 ? "+0.0;-0.0" : "+0.0000;-0.0000", CultureInfo.InvariantCulture);

    /// <summary>Mean ± standard deviation; the mean alone of one value.</summary>
    public static string Spread(IReadOnlyList<double> values, int digits = 4)
    {
        double[] known = [.. values.Where(v => !double.IsNaN(v))];
        return known.Length switch
        {
            0 => "",
            1 => Number(known[0], digits),
            _ => $"{Number(known.Mean(), digits)} ± {Number(known.StandardDeviation(), digits)}",
        };
    }

    public static string SignedSpread(IReadOnlyList<double> values)
        => values.Count switch { 0 => "", 1 => Signed(values[0]), _ => $"{Signed(values.Mean())} ± {Number(values.StandardDeviation())}" };

    public static string Percent(double share) => Signed(100 * share, 1) + " %";

    public static string PValue(double p) => p < 1e-4 ? "< 0.0001" : Number(p);
}
