using DRepMRec.Data;

namespace DRepMRec.Features;

internal static partial class FeatureScaler
{
    /// <summary>What <see cref="Scale"/> subtracts from each column and divides it by; a deviation of 0 drops the column.</summary>
    public static (float[] Mean, float[] Deviation) Columns(ItemFeatures features, FeatureScaling scaling)
    {
        double[] mean = new double[features.Dimension], deviation = new double[features.Dimension];
        if (scaling != FeatureScaling.None)
            Moments(features, mean, deviation);
        if (scaling != FeatureScaling.Standardize)
            deviation.AsSpan().Fill(1);
        return ([.. mean.Select(m => (float)m)], [.. deviation.Select(d => (float)d)]);
    }
}
