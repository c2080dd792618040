using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Features;

public sealed class ModalFeaturesTests
{
    [Fact]
    public void More_neighbours_than_there_are_items_are_all_of_them()
    {
        CsrMatrix Relations(int neighbors)
        {
            using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 20, 3, Samples.Floats(60, 1))]);
            return features.Relations(0, neighbors);
        }

        CsrMatrix expected = Relations(19);
        foreach (int neighbors in new[] { 20, int.MaxValue - 15, int.MaxValue })
        {
            CsrMatrix actual = Relations(neighbors);
            actual.RowOffsets.ToArray().Should().Equal(expected.RowOffsets.ToArray());
            actual.Columns.ToArray().Should().Equal(expected.Columns.ToArray());
            actual.Values.ToArray().Should().Equal(expected.Values.ToArray());
        }
    }

    [Theory]
    [InlineData(9, 10, 3)]
    [InlineData(40, 16, 17)]
    public void However_many_neighbours_were_asked_for_before_they_are_those_of_a_search_of_their_own(params int[] asked)
    {
        // With rows that stand twice, whose cosines are equal, and an item without the modality.
        float[] values = Samples.Floats(60 * 4, 1);
        values.AsSpan(0, 12).CopyTo(values.AsSpan(100));
        values.AsSpan(40, 4).Clear();
        using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 60, 4, values)], FeatureScaling.None);
        float[] scaled = [.. Enumerable.Range(0, 60).SelectMany(item => features.Scaled(0, item).ToArray())];
        foreach (int neighbors in asked)
        {
            CsrMatrix expected = NeighborGraph.Cosine(scaled, 4, neighbors), actual = features.Similarities(0, neighbors);
            actual.RowOffsets.ToArray().Should().Equal(expected.RowOffsets.ToArray());
            actual.Columns.ToArray().Should().Equal(expected.Columns.ToArray());
            actual.Values.ToArray().Should().Equal(expected.Values.ToArray());
        }
    }
}
