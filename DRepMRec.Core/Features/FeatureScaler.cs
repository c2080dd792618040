using DRepMRec.Data;

namespace DRepMRec.Features;

/// <summary>Brings raw features to a common scale.</summary>
internal static class FeatureScaler
{
    /// <summary>Scaled features, row-major, of length sqrt(d); rows of items without the modality, or scaled to zero, are zero.</summary>
    public static float[] Scale(ItemFeatures features, FeatureScaling scaling)
    {
        int dimension = features.Dimension;
        double[] mean = new double[dimension], deviation = new double[dimension];
        if (scaling != FeatureScaling.None)
            Moments(features, mean, deviation);

        float[] scaled = features.Values.ToArray();
        var values = new double[dimension];
        for (int i = 0; i < features.ItemCount; i++)
        {
            if (!features.Present[i])
                continue;

            Span<float> row = scaled.AsSpan(i * dimension, dimension);
            double squares = 0;
            for (int d = 0; d < dimension; d++)
            {
                double value = row[d] - mean[d];
                if (scaling == FeatureScaling.Standardize)
                    value = deviation[d] > 0 ? value / deviation[d] : 0;
                (values[d], row[d]) = (value, (float)value);
                squares += value * value;
            }

            double scale = squares > 0 ? Math.Sqrt(dimension / squares) : 0;
            float factor = (float)scale;
            bool fitsSingle = float.IsNormal(factor) && !row.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
            for (int d = 0; d < dimension; d++)
                row[d] = fitsSingle ? row[d] * factor : (float)(values[d] * scale);
        }

        return scaled;
    }

    /// <summary>The mean and the deviation that <see cref="Scale"/> scales each column by; a deviation of 0 drops the column.</summary>
    public static (float[] Mean, float[] Deviation) Columns(ItemFeatures features, FeatureScaling scaling)
    {
        double[] mean = new double[features.Dimension], deviation = new double[features.Dimension];
        if (scaling != FeatureScaling.None)
            Moments(features, mean, deviation);
        if (scaling != FeatureScaling.Standardize)
            deviation.AsSpan().Fill(1);
        return ([.. mean.Select(m => (float)m)], [.. deviation.Select(d => (float)d)]);
    }

    private static void Moments(ItemFeatures features, double[] mean, double[] deviation)
    {
        int count = Math.Max(1, features.PresentCount);
        for (int i = 0; i < features.ItemCount; i++)
        {
            for (int d = 0; d < mean.Length && features.Present[i]; d++)
                mean[d] += features[i][d] / (double)count;
        }

        for (int i = 0; i < features.ItemCount; i++)
        {
            for (int d = 0; d < mean.Length && features.Present[i]; d++)
                deviation[d] += Math.Pow(features[i][d] - mean[d], 2) / count;
        }

        for (int d = 0; d < mean.Length; d++)
        {
            // A column that is constant up to rounding carries nothing; dividing by its deviation would blow the rounding up.
            double root = Math.Sqrt(deviation[d]);
            deviation[d] = root > 1e-6 * Math.Abs(mean[d]) ? root : 0;
        }
    }
}
