using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;
using MathNet.Numerics.Statistics;

namespace DRepMRec.Evaluation;

/// <summary>How much of a modality's similarities between items the modal line keeps: forgotten ones give correlations near 0.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record SimilarityRetention
{
    [JsonConstructor]
    internal SimilarityRetention(Modality modality, int pairs, double pearson, double spearman)
        => (Modality, Pairs, Pearson, Spearman) = (modality, pairs, pearson, spearman);

    /// <summary>The modality.</summary>
    public Modality Modality { get; }

    /// <summary>The number of random pairs of items with the modality and a row in the modal line; 0 for fewer than two items.</summary>
    public int Pairs { get; }

    /// <summary>
    /// The linear correlation, from -1 to 1, between the pairs' cosines in the modal line and those of the features as
    /// <see cref="ModalFeatures"/> scales them; NaN without pairs or when either doesn't vary.
    /// </summary>
    public double Pearson { get; }

    /// <summary>The correlation between the ranks of the pairs' cosines in the modal line and by features.</summary>
    public double Spearman { get; }

    internal static SimilarityRetention Of(
        float[] modal, int dimension, ModalFeatures features, int modality, LineDiagnosticsOptions options)
    {
        ItemFeatures source = features.Sources[modality];
        ReadOnlySpan<float> Line(int item) => modal.AsSpan(item * dimension, dimension);
        bool HasBoth(int item)
            => source.Present[item] && Line(item).ContainsAnyExcept(0f) && features.Scaled(modality, item).ContainsAnyExcept(0f);
        int[] items = [.. Enumerable.Range(0, source.ItemCount).Where(HasBoth)];
        if (items.Length < 2)
            return new SimilarityRetention(source.Modality, 0, double.NaN, double.NaN);

        var random = new SeededRandom((ulong)options.Seed, RandomPurpose.LineDiagnostics, 2 + (ulong)modality);
        double[] inLine = new double[options.Pairs], inFeatures = new double[options.Pairs];
        for (int n = 0; n < options.Pairs; n++)
        {
            int first = random.NextInt(items.Length), second = random.NextInt(items.Length - 1);
            second += second >= first ? 1 : 0;
            (first, second) = (items[first], items[second]);
            inLine[n] = Cosine(Line(first), Line(second));
            inFeatures[n] = Cosine(features.Scaled(modality, first), features.Scaled(modality, second));
        }

        return new SimilarityRetention(
            source.Modality, options.Pairs, Correlation.Pearson(inLine, inFeatures), Correlation.Spearman(inLine, inFeatures));
    }

    // In double precision where squares of single precision have no finite sum, or no exact one.
    private static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float cosine = TensorPrimitives.CosineSimilarity(x, y);
        if (float.IsFinite(cosine) && TensorPrimitives.Norm(x) > LineAlignment.SafeLength
            && TensorPrimitives.Norm(y) > LineAlignment.SafeLength)
            return cosine;
        double xy = 0, xx = 0, yy = 0;
        for (int d = 0; d < x.Length; d++)
        {
            xy += (double)x[d] * y[d];
            xx += (double)x[d] * x[d];
            yy += (double)y[d] * y[d];
        }

        return xy / Math.Sqrt(xx * yy);
    }
}
