using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.ItemToItem;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Tests.ItemToItem;

/// <summary>The closed form in double precision, as it stands in the papers.</summary>
internal static class Reference
{
    /// <summary>B = I - P diag(P)⁻¹ over the first items of a dataset, with all its features.</summary>
    public static Matrix<double> Weights(RecDataset data, ItemToItemOptions options, int items)
    {
        Matrix<double> p = Inverse(data, options, items);
        return Matrix<double>.Build.Dense(items, items, (i, j) => i == j ? 0 : -p[i, j] / p[j, j]);
    }

    public static Matrix<double> Inverse(RecDataset data, ItemToItemOptions options, int items)
    {
        Matrix<double> gram = Matrix<double>.Build.DenseIdentity(items) * options.L2;
        for (int user = 0; user < data.Users.Count; user++)
        {
            int[] own = data.Train.ItemsOf(user).ToArray();
            foreach (int a in own)
            {
                foreach (int b in own)
                    gram[a, b] += options.NormalizeUsers ? 1 / Math.Sqrt(own.Length) : 1;
            }
        }

        foreach (ItemFeatures features in data.Features)
        {
            float[] scaled = FeatureScaler.Scale(features, FeatureScaling.Standardize);
            int d = features.Dimension;
            double Dot(int a, int b) => Enumerable.Range(0, d).Sum(n => (double)scaled[(a * d) + n] * scaled[(b * d) + n]);
            for (int a = 0; a < items; a++)
            {
                for (int b = 0; b < items; b++)
                {
                    double lengths = Math.Sqrt(Dot(a, a) * Dot(b, b));
                    gram[a, b] += lengths > 0 ? options.ContentWeight * Dot(a, b) / lengths : 0;
                }
            }
        }

        return gram.Inverse();
    }

    public static Matrix<double> Dense(ItemToItemModel model)
    {
        var dense = Matrix<double>.Build.Dense(model.ItemCount, model.ItemCount);
        for (int row = 0; row < model.ItemCount; row++)
        {
            for (int e = model.Weights.RowOffsets[row]; e < model.Weights.RowOffsets[row + 1]; e++)
                dense[row, model.Weights.Columns[e]] = model.Weights.Values[e];
        }

        return dense;
    }

    public static void ThrowIfDifferent(ItemToItemModel model, Matrix<double> expected, double tolerance)
    {
        Matrix<double> dense = Dense(model);
        for (int i = 0; i < model.ItemCount; i++)
        {
            for (int j = 0; j < model.ItemCount; j++)
                dense[i, j].Should().BeApproximately(expected[i, j], tolerance, "it is the weight of {0} for {1}", i, j);
        }
    }
}
