using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Kernels;

namespace DRepMRec.Training;

/// <summary>The known items that new ones are like.</summary>
internal static class NearestKnownItems
{
    /// <summary>For each new item the known ones nearest by content, summed over the modalities that both have.</summary>
    /// <param name="features">The features of all items, by modality.</param>
    /// <param name="places">For each item its place among the known ones, or -1 for a new one.</param>
    /// <param name="neighbors">How many there are at most.</param>
    public static int[][] Of(IReadOnlyList<ItemFeatures> features, int[] places, int neighbors)
    {
        float[][] scaled = [.. features.Select(f => FeatureScaler.Scale(f, FeatureScaling.Standardize))];
        for (int m = 0; m < scaled.Length; m++)
        {
            int width = features[m].Dimension;
            for (int item = 0; item < places.Length; item++)
            {
                Span<float> row = scaled[m].AsSpan(item * width, width);
                float norm = TensorPrimitives.Norm<float>(row);
                TensorPrimitives.Multiply(row, norm > 0 ? 1 / norm : 0, row);
            }
        }

        var similar = new int[places.Length][];
        Parallelism.ForRanges(places.Length, minimumPerThread: 16, (from, to) =>
        {
            var best = new TopK(neighbors, float.Epsilon, finiteOnly: true);
            for (int item = from; item < to; item++)
            {
                similar[item] = [];
                if (places[item] >= 0)
                    continue;
                best.Clear();
                for (int other = 0; other < places.Length; other++)
                {
                    if (places[other] < 0)
                        continue;
                    float cosine = 0;
                    for (int m = 0; m < scaled.Length; m++)
                    {
                        int width = features[m].Dimension;
                        cosine += TensorPrimitives.Dot(
                            scaled[m].AsSpan(item * width, width), (ReadOnlySpan<float>)scaled[m].AsSpan(other * width, width));
                    }

                    best.Offer(cosine, other);
                }

                similar[item] = [.. best.Ranked.ToArray().Select(r => r.Index)];
            }
        });
        return similar;
    }
}
