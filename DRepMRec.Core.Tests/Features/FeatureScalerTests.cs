using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.Tests.Features;

public sealed class FeatureScalerTests
{
    [Theory]
    [InlineData(FeatureScaling.None)]
    [InlineData(FeatureScaling.Center)]
    [InlineData(FeatureScaling.Standardize)]
    public void Columns_are_scaled_by_the_items_that_have_the_modality_and_rows_brought_to_their_length(FeatureScaling scaling)
    {
        // Item 2 lacks the modality.
        float[] values = [1, 50, -3, 4, 10, 2, 0, 0, 0, -2, 30, 7, 5, 90, 1];
        int[] present = [0, 1, 3, 4];
        double[] mean = [0, 0, 0], deviation = [1, 1, 1];
        for (int d = 0; d < 3 && scaling != FeatureScaling.None; d++)
        {
            foreach (int item in present)
                mean[d] += values[(item * 3) + d] / 4.0;
            double squares = 0;
            foreach (int item in present)
                squares += Math.Pow(values[(item * 3) + d] - mean[d], 2);
            if (scaling == FeatureScaling.Standardize)
                deviation[d] = Math.Sqrt(squares / 4);
        }

        var source = new ItemFeatures(Modality.Image, 5, 3, values);
        float[] scaled = FeatureScaler.Scale(source, scaling);
        foreach (int item in present)
        {
            double[] z = [.. Enumerable.Range(0, 3).Select(d => (values[(item * 3) + d] - mean[d]) / deviation[d])];
            double length = Math.Sqrt(z.Sum(value => value * value));
            for (int d = 0; d < 3; d++)
                ((double)scaled[(item * 3) + d]).Should().BeApproximately(z[d] * Math.Sqrt(3) / length, 1e-6, "item {0}, {1}", item, d);
        }

        scaled[6..9].Should().Equal(0, 0, 0);
        var columns = FeatureScaler.Columns(source, scaling);
        columns.Mean.Should().Equal(mean, (own, expected) => Math.Abs(own - expected) < 1e-5);
        columns.Deviation.Should().Equal(deviation, (own, expected) => Math.Abs(own - expected) < 1e-5);
    }
}
