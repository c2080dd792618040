using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Features;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void Rows_that_vary_in_few_directions_keep_their_cosines()
    {
        const int Rows = 200, Dimension = 90, Rank = 5;
        float[] wide = LowRank(Rows, Dimension, Rank), narrow = PrincipalComponents.Reduce(wide, Dimension, Rank);
        for (int a = 0; a < 20; a++)
        {
            Cosine(narrow, Rank, a, a + 7).Should().BeApproximately(Cosine(wide, Dimension, a, a + 7), 1e-3);
            narrow.Skip(a * Rank).Take(Rank).Sum(v => v * v).Should().BeApproximately(Rank, 1e-3f);
        }

        PrincipalComponents.Reduce(wide, Dimension, Rank).Should().Equal(narrow);
    }

    [Fact]
    public void Features_are_reduced_where_they_are_wider_and_relation_graphs_are_not_changed()
    {
        ItemFeatures[] sources = [new(Modality.Image, 50, 40, LowRank(50, 40, 20)), new(Modality.Text, 50, 6, Samples.Floats(300, 3))];
        using ModalFeatures all = new(sources), reduced = new(sources, components: 8);
        reduced.Values[0].shape.Should().Equal(50, 8);
        reduced.Values[1].shape.Should().Equal(50, 6);
        reduced.Relations(0, 4).Columns.ToArray().Should().Equal(all.Relations(0, 4).Columns.ToArray());
        using var encoder = new ModalEncoder(reduced, new ModalEncoderOptions { EmbeddingDim = 5, Neighbors = 3 });
        using var scope = TorchSharp.torch.NewDisposeScope();
        encoder.call(Samples.Checkerboard(4, 50).Graph(), reduced).Items.shape.Should().Equal(50, 5);
    }

    private static float[] LowRank(int rows, int dimension, int rank)
    {
        float[] left = Samples.Floats(rows * rank, 1), right = Samples.Floats(rank * dimension, 2), product = new float[rows * dimension];
        for (int n = 0; n < product.Length; n++)
        {
            for (int k = 0; k < rank; k++)
                product[n] += left[(n / dimension * rank) + k] * right[(k * dimension) + (n % dimension)];
        }

        return product;
    }

    private static double Cosine(float[] rows, int dimension, int a, int b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (int d = 0; d < dimension; d++)
        {
            double x = rows[(a * dimension) + d], y = rows[(b * dimension) + d];
            (ab, aa, bb) = (ab + (x * y), aa + (x * x), bb + (y * y));
        }

        return ab / Math.Sqrt(aa * bb);
    }
}
