using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>
/// Makes two features of each column of numbers: a number x, or its logarithm, is standardised, z = (x - mean) / deviation, and becomes the
/// pair (1, z) / sqrt(1 + z²). Its size so stays a direction, which outlives that a model scales rows to one length; a number that is
/// missing is (0, 0), unlike any other, and an item without any lacks the modality.
/// </summary>
/// <example>
/// <code>
/// var options = new NumberEncoderOptions { Logarithms = ["price"] };
/// FeatureTable numbers = NumberEncoder.Fit(products, options).Encode(products);
/// </code>
/// </example>
public sealed class NumberEncoder : FeatureEncoder
{
    // Beyond it the pair is (0, ±1) in single precision, and quotients of double precision may be infinite.
    private const double Farthest = 1e100;

    private readonly double[] _means;
    private readonly double[] _deviations;

    internal NumberEncoder(
        Modality modality, IReadOnlyList<string> columns, IReadOnlyList<string> logarithms, double[] means, double[] deviations)
        : base(modality, 2 * columns.Count, columns) => (Logarithms, _means, _deviations) = (logarithms, means, deviations);

    /// <summary>The columns whose logarithm counts.</summary>
    public IReadOnlyList<string> Logarithms { get; }

    /// <summary>The mean of each column, or of its logarithm.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>The standard deviation of each column, or of its logarithm; 0 of one that is constant, whose z is 0.</summary>
    public IReadOnlyList<double> Deviations => _deviations;

    internal override ReadOnlySpan<ItemColumnKind> Kinds => [ItemColumnKind.Number];

    /// <summary>Learns from a catalogue.</summary>
    /// <param name="items">The catalogue.</param>
    /// <param name="options">What of which columns; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two columns.</param>
    /// <exception cref="ArgumentException">There is no such column, or none of them has two different numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static NumberEncoder Fit(
        ItemTable items, NumberEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new NumberEncoderOptions();
        string[] columns = Choose(items, options.Columns, ItemColumnKind.Number);
        if (options.Logarithms.Except(columns).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException(
                $"Expected {nameof(options.Logarithms)} to be among the columns {Shown.List(columns)}; got {Shown.Text(unknown)}.",
                nameof(options));
        }

        double[] means = new double[columns.Length], deviations = new double[columns.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (means[c], deviations[c]) = Moments(items[columns[c]]!, options.Logarithms.Contains(columns[c]));
        }

        return deviations.Any(d => d > 0) ? new NumberEncoder(options.Modality, columns, [.. options.Logarithms], means, deviations)
            : throw new ArgumentException($"Expected two different numbers in one of {Shown.List(columns)}; found none.", nameof(items));
    }

    internal override float[]?[] Rows(ItemTable items, CancellationToken cancellationToken)
    {
        var rows = new float[]?[items.Count];
        for (int c = 0; c < Columns.Count; c++)
        {
            if (items[Columns[c]] is not { } column)
                continue;
            bool isLogarithm = Logarithms.Contains(Columns[c]);
            for (int row = 0; row < rows.Length; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (column.NumberOf(row) is not { } number)
                    continue;
                double z = _deviations[c] > 0
                    ? Math.Clamp((Scale(number, isLogarithm) - _means[c]) / _deviations[c], -Farthest, Farthest) : 0;
                double length = double.Hypot(1, z);
                float[] pairs = rows[row] ??= new float[Dimension];
                (pairs[2 * c], pairs[(2 * c) + 1]) = ((float)(1 / length), (float)(z / length));
            }
        }

        return rows;
    }

    private static double Scale(double number, bool isLogarithm)
        => isLogarithm ? Math.CopySign(double.LogP1(Math.Abs(number)), number) : number;

    private static (double Mean, double Deviation) Moments(ItemColumn column, bool isLogarithm)
    {
        double[] numbers =
            [.. Enumerable.Range(0, column.Count).Select(column.NumberOf).OfType<double>().Select(x => Scale(x, isLogarithm))];
        if (numbers.Length == 0)
            return (0, 0);
        Array.Sort(numbers); // Sums round by the order of what they add.

        // Halves and quarters keep sums of the largest numbers finite; a deviation that is rounding alone is none.
        double mean = numbers.Sum(x => x / numbers.Length);
        double largest = numbers.Max(x => Math.Abs((x / 2) - (mean / 2)));
        if (largest <= 1e-9 * Math.Abs(mean / 2))
            return (mean, 0);
        double squares = numbers.Sum(x => Math.Pow(((x / 2) - (mean / 2)) / largest, 2) / numbers.Length);
        return (mean, Math.Min(double.MaxValue, 2 * largest * Math.Sqrt(squares)));
    }
}
