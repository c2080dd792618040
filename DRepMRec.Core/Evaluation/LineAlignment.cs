using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>How close the two representations of the same users, or of the same items, are to each other.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record LineAlignment
{
    [JsonConstructor]
    internal LineAlignment(int rows, double sameCosine, double differentCosine, double energyDistance)
        => (Rows, SameCosine, DifferentCosine, EnergyDistance) = (rows, sameCosine, differentCosine, energyDistance);

    /// <summary>The number n of users (items) that are compared: all with behaviour whose row is zero in neither line.</summary>
    public int Rows { get; }

    /// <summary>The mean cosine between a user's (item's) two representations; NaN when n is 0.</summary>
    public double SameCosine { get; }

    /// <summary>The mean cosine of one's behaviour and another's modal row, over n (n - 1) pairs; NaN when n is below 2.</summary>
    public double DifferentCosine { get; }

    /// <summary>
    /// The energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Székely and Rizzo 2013) between the two lines' rows, brought to length 1: 0
    /// where they are distributed alike, at most 4; NaN when n is 0.
    /// </summary>
    public double EnergyDistance { get; }

    /// <summary>Compares the rows at the given places.</summary>
    /// <param name="behavior">N * dimension values, row by row.</param>
    /// <param name="modal">As many.</param>
    /// <param name="dimension">The dimension D.</param>
    /// <param name="compared">Whether a row has behaviour.</param>
    /// <param name="options">How many rows the energy distance takes, and the seed that draws them.</param>
    /// <param name="stream">Which stream of random numbers: users and items have one each.</param>
    internal static LineAlignment Of(
        float[] behavior, float[] modal, int dimension, Func<int, bool> compared, LineDiagnosticsOptions options, ulong stream)
    {
        bool HasRow(float[] rows, int row) => rows.AsSpan(row * dimension, dimension).ContainsAnyExcept(0f);
        int[] places = [.. Enumerable.Range(0, behavior.Length / dimension)
            .Where(n => compared(n) && HasRow(behavior, n) && HasRow(modal, n))];
        if (places.Length == 0)
            return new LineAlignment(0, double.NaN, double.NaN, double.NaN);

        float[] b = UnitRows(behavior, places, dimension), m = UnitRows(modal, places, dimension);
        double same = 0;
        double[] sumB = new double[dimension], sumM = new double[dimension];
        for (int n = 0; n < b.Length; n++)
        {
            same += (double)b[n] * m[n];
            sumB[n % dimension] += b[n];
            sumM[n % dimension] += m[n];
        }

        // The sum over all pairs is the product of the sums; those of the same one are taken out.
        double all = TensorPrimitives.Dot(sumB, sumM), pairs = (double)places.Length * (places.Length - 1);
        int[] drawn = [.. Enumerable.Range(0, places.Length)];
        new SeededRandom((ulong)options.Seed, RandomPurpose.LineDiagnostics, stream).Shuffle(drawn.AsSpan());
        drawn = drawn[..Math.Min(options.MaxRows, drawn.Length)];
        return new LineAlignment(
            places.Length,
            same / places.Length,
            pairs == 0 ? double.NaN : (all - same) / pairs,
            Evaluation.EnergyDistance.Between(UnitRows(b, drawn, dimension), UnitRows(m, drawn, dimension), dimension, default));
    }

    /// <summary>Squares of single precision lose digits below.</summary>
    internal const float SafeLength = 1e-15f;

    private static float[] UnitRows(float[] rows, int[] places, int dimension)
    {
        var unit = new float[places.Length * dimension];
        for (int n = 0; n < places.Length; n++)
        {
            ReadOnlySpan<float> row = rows.AsSpan(places[n] * dimension, dimension);
            Span<float> target = unit.AsSpan(n * dimension, dimension);
            float length = TensorPrimitives.Norm(row);
            if (length > SafeLength && float.IsFinite(length))
                TensorPrimitives.Divide(row, length, target);
            else
                DivideByLength(row, target);
        }

        return unit;
    }

    // Rows whose squares have no exact sum in single precision.
    private static void DivideByLength(ReadOnlySpan<float> row, Span<float> target)
    {
        double squares = 0;
        foreach (float value in row)
            squares += (double)value * value;
        double length = Math.Sqrt(squares);
        for (int d = 0; d < row.Length; d++)
            target[d] = (float)(row[d] / length);
    }
}
