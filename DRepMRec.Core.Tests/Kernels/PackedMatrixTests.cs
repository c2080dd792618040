using DRepMRec.Kernels;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Kernels;

public sealed class PackedMatrixTests
{
    [Fact]
    public void Products_are_those_of_a_plain_loop_for_every_shape()
    {
        foreach (int dimension in new[] { 1, 2, 7, 16, 63, 64, 65, 130 })
        {
            foreach (int rows in new[] { 1, 15, 16, 17, 31, 100 })
            {
                foreach (int queries in new[] { 1, 5, 6, 7, 20 })
                    Compare(rows, dimension, queries);
            }
        }
    }

    [Fact]
    public void A_product_has_the_same_bits_however_many_queries_are_in_the_call()
    {
        float[] rows = Samples.Floats(50 * 33, 1), queries = Samples.Floats(13 * 33, 2);
        var packed = new PackedMatrix(rows, 50, 33);
        var together = new float[13 * 50];
        packed.Multiply(queries, 13, together);
        for (int q = 0; q < 13; q++)
        {
            var alone = new float[50];
            packed.Multiply(queries.AsSpan(q * 33, 33), 1, alone);
            alone.Should().Equal(together[(q * 50)..((q + 1) * 50)]);
        }
    }

    private static void Compare(int rowCount, int dimension, int queryCount)
    {
        float[] rows = Samples.Floats(rowCount * dimension, 1), queries = Samples.Floats(queryCount * dimension, 2);
        foreach (SimdPath path in SimdPathsHere.All)
        {
            var actual = new float[queryCount * rowCount];
            new PackedMatrix(rows, rowCount, dimension).Multiply(queries, queryCount, 0, rowCount, actual, path);
            for (int q = 0; q < queryCount; q++)
            {
                for (int r = 0; r < rowCount; r++)
                {
                    double expected = 0;
                    for (int d = 0; d < dimension; d++)
                        expected += (double)queries[(q * dimension) + d] * rows[(r * dimension) + d];
                    ((double)actual[(q * rowCount) + r]).Should()
                        .BeApproximately(expected, 1e-5 * dimension, $"{path}, {rowCount} rows, dimension {dimension}, query {q}, row {r}");
                }
            }
        }
    }
}
