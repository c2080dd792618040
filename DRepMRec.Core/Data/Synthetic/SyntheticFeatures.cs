using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Features of a synthetic dataset: the direction of the cluster, a shorter one of the style, and noise.</summary>
internal static class SyntheticFeatures
{
    private const ulong Purpose = 12;
    private const double StyleLength = 0.6;

    public static ItemFeatures Draw(SyntheticOptions options, SyntheticTastes tastes, SyntheticModality modality)
    {
        int dimension = modality.Dimension;
        var random = new SeededRandom(options.Seed, Purpose, RawId.Hash(modality.Modality.Name));
        double[][] clusters = Directions(options.Clusters, 1);
        double[][] styles = Directions(options.Clusters * SyntheticTastes.Styles, StyleLength);
        var values = new float[options.Items * dimension];
        var present = new bool[options.Items];
        double noise = options.FeatureNoise / Math.Sqrt(dimension);
        for (int i = 0; i < options.Items; i++)
        {
            double[] cluster = clusters[tastes.ItemClusters[i]];
            double[] style = styles[(tastes.ItemClusters[i] * SyntheticTastes.Styles) + tastes.ItemStyles[i]];
            present[i] = random.NextDouble() >= options.MissingFeatureShare;
            for (int d = 0; d < dimension; d++)
                values[(i * dimension) + d] = (float)(cluster[d] + style[d] + (noise * random.NextGaussian()));
        }

        return new ItemFeatures(modality.Modality, options.Items, dimension, values, present);

        double[][] Directions(int count, double length)
        {
            var directions = new double[count][];
            for (int n = 0; n < count; n++)
            {
                double[] direction = [.. Enumerable.Range(0, dimension).Select(_ => random.NextGaussian())];
                double norm = 0;
                foreach (double x in direction)
                    norm += x * x;
                directions[n] = [.. direction.Select(x => x * length / Math.Sqrt(norm))];
            }

            return directions;
        }
    }
}
