using System.Numerics.Tensors;
using DRepMRec;
using DRepMRec.Features;
using MathNet.Numerics.LinearAlgebra;

namespace ReproduceResults.Trainings;

/// <summary>The figures that pictures of a model's two lines are drawn from.</summary>
/// <param name="Behavior">The first two principal components of the behaviour rows of a sample of items, x and y in turn.</param>
/// <param name="Modal">The same of their modal rows.</param>
/// <param name="Share">
/// The share of the variance that the two components hold. Components are those of both lines' rows together, brought to length 1.
/// </param>
/// <param name="Similarities">Similarities of random pairs of items, per modality.</param>
internal sealed record LineSnapshot(float[] Behavior, float[] Modal, double Share, IReadOnlyList<SimilarityPairs> Similarities)
{
    private const int Points = 500, Pairs = 1500;

    /// <summary>Takes items that have behaviour and a row in the modal line.</summary>
    public static LineSnapshot Of(DRepMRecModel model)
    {
        var (behavior, modal) = model.EmbedLines();
        using (behavior.Users)
        using (behavior.Items)
        using (modal.Users)
        using (modal.Items)
        {
            float[][] behaviorRows = UnitRows(behavior.Items), modalRows = UnitRows(modal.Items);
            int[] items = [.. Enumerable.Range(0, modalRows.Length)
                .Where(i => model.Graph.ItemDegrees[i] > 0 && modalRows[i].AsSpan().ContainsAnyExcept(0f))];
            var (project, share) = Components([.. items.Select(i => behaviorRows[i]), .. items.Select(i => modalRows[i])]);
            var random = new Random(2024);
            random.Shuffle(items);
            float[] Place(float[][] rows) => [.. items.Take(Points).SelectMany(i => project(rows[i]))];
            return new LineSnapshot(Place(behaviorRows), Place(modalRows), share,
                [.. Enumerable.Range(0, model.Features!.ModalityCount).Select(m => Compare(model.Features, m, modalRows, random))]);
        }
    }

    private static SimilarityPairs Compare(ModalFeatures features, int modality, float[][] modalRows, Random random)
    {
        float[][] rows = UnitRows(features.Values[modality]);
        bool[] present = features.Sources[modality].Present.ToArray();
        int[] items = [.. Enumerable.Range(0, rows.Length).Where(i => present[i])];
        float[] inFeatures = new float[items.Length < 2 ? 0 : Pairs], inLine = new float[inFeatures.Length];
        for (int n = 0; n < inLine.Length; n++)
        {
            int first = random.Next(items.Length), second = (first + 1 + random.Next(items.Length - 1)) % items.Length;
            inFeatures[n] = Short(TensorPrimitives.Dot(rows[items[first]], rows[items[second]]));
            inLine[n] = Short(TensorPrimitives.Dot(modalRows[items[first]], modalRows[items[second]]));
        }

        return new SimilarityPairs(features.Sources[modality].Modality.Name, inFeatures, inLine);
    }

    /// <summary>The way to the first two principal components of the given rows, and the share of the variance that they hold.</summary>
    private static (Func<float[], float[]> Project, double Share) Components(float[][] rows)
    {
        Matrix<double> x = Matrix<double>.Build.Dense(rows.Length, rows[0].Length, (r, c) => rows[r][c]);
        Vector<double> mean = x.ColumnSums() / rows.Length;
        Matrix<double> centred = Matrix<double>.Build.Dense(x.RowCount, x.ColumnCount, (r, c) => x[r, c] - mean[c]);
        var spectrum = (centred.TransposeThisAndMultiply(centred) / rows.Length).Evd(Symmetricity.Symmetric);
        Vector<double> variances = spectrum.EigenValues.Map(v => v.Real);
        Matrix<double> axes = Matrix<double>.Build.DenseOfColumnVectors(spectrum.EigenVectors.Column(variances.Count - 1),
            spectrum.EigenVectors.Column(variances.Count - 2));
        return (row => [.. axes.LeftMultiply(Vector<double>.Build.Dense(row.Length, c => row[c] - mean[c])).Select(v => Short((float)v))],
            (variances[^1] + variances[^2]) / variances.Sum());
    }

    private static float[][] UnitRows(TorchSharp.torch.Tensor table)
    {
        using TorchSharp.torch.Tensor unit = table.NormalizeRows();
        return [.. unit.contiguous().data<float>().ToArray().Chunk((int)table.shape[1])];
    }

    /// <summary>Three decimals are more than a picture shows.</summary>
    private static float Short(float value) => MathF.Round(value, 3);
}

/// <summary>Cosines of pairs of items: in the features of a modality, and in the modal line.</summary>
internal sealed record SimilarityPairs(string Modality, float[] Features, float[] Line);
