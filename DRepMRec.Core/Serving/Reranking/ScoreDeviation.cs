using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DRepMRec.Serving;

/// <summary>The standard deviation of the scores of the items that are offered.</summary>
/// <remarks>
/// Sums are made in eight lanes by the place among the offered items, in double precision: on every processor, and for a snapshot as for
/// the file that it was saved to, the bits are the same.
/// </remarks>
internal static class ScoreDeviation
{
    public static double Of(ScoreSheet sheet, CatalogueChanges changes)
    {
        ReadOnlySpan<float> scores = sheet.Values;
        if (changes.HiddenCount == 0 && TensorPrimitives.IsFiniteAll(scores))
            return Of(scores);
        float[] kept = ArrayPool<float>.Shared.Rent(Math.Max(1, scores.Length));
        int count = 0;
        for (int place = 0; place < scores.Length; place++)
        {
            if (float.IsFinite(scores[place]) && !changes.IsHidden(sheet.Row(place)))
                kept[count++] = scores[place];
        }

        double deviation = Of(kept.AsSpan(0, count));
        ArrayPool<float>.Shared.Return(kept);
        return deviation;
    }

    /// <summary>The square root of the mean squared distance from the mean; 0 for no scores.</summary>
    public static double Of(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
            return 0;
        double mean = Sum(scores, 0, squared: false) / scores.Length;
        return Math.Sqrt(Sum(scores, mean, squared: true) / scores.Length);
    }

    private static double Sum(ReadOnlySpan<float> scores, double center, bool squared)
    {
        Vector512<double> sums = Vector512<double>.Zero, centers = Vector512.Create(center);
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(scores);
        foreach (Vector256<float> vector in vectors)
        {
            var (lower, upper) = Vector256.Widen(vector);
            Vector512<double> values = Vector512.Create(lower, upper) - centers;
            sums += squared ? values * values : values;
        }

        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            sum += sums[lane];
        for (int n = vectors.Length * Vector256<float>.Count; n < scores.Length; n++)
        {
            double value = scores[n] - center;
            sum += squared ? value * value : value;
        }

        return sum;
    }
}
