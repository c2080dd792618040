using DRepMRec.Kernels;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Kernels;

public sealed unsafe class RowKernelTests
{
    [Fact]
    public void Every_path_gives_the_products_of_a_plain_loop_for_every_shape()
    {
        foreach (int dimension in new[] { 1, 2, 7, 8, 16, 23, 64, 65, 130 })
        {
            foreach (int rows in new[] { 1, 15, 16, 17, 63, 64, 65, 150 })
            {
                foreach (int queries in new[] { 1, 5, 6, 7, 20 })
                {
                    float[] r = Samples.Floats(rows * dimension, 1), q = Samples.Floats(queries * dimension, 2);
                    foreach (SimdPath path in SimdPathsHere.All)
                    {
                        string where = $"{path} {rows} x {dimension}, {queries} queries";
                        RequireClose(Multiply(r, rows, dimension, q, queries, path), r, q, dimension, where);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_score_has_the_bits_of_the_evaluators_however_many_queries_there_are()
    {
        foreach (int dimension in new[] { 16, 23, 64 })
        {
            float[] rows = Samples.Floats(300 * dimension, 3), queries = Samples.Floats(13 * dimension, 4);
            var evaluated = new float[13 * 300];
            new PackedMatrix(rows, 300, dimension).Multiply(queries, 13, evaluated);
            Multiply(rows, 300, dimension, queries, 13, SimdPaths.Best).Should().Equal(evaluated);
            for (int q = 0; q < 13; q++)
                Multiply(rows, 300, dimension, queries[(q * dimension)..((q + 1) * dimension)], 1, SimdPaths.Best)
                    .Should().Equal(evaluated[(q * 300)..((q + 1) * 300)]);
        }
    }

    private static float[] Multiply(float[] rows, int rowCount, int dimension, float[] queries, int queryCount, SimdPath path)
    {
        var scores = new float[queryCount * rowCount];
        var panels = new float[RowKernel.PanelLength(dimension)];
        fixed (float* q = queries, r = rows, s = scores, p = panels)
            RowKernel.Multiply(q, queryCount, r, rowCount, dimension, s, rowCount, p, path);
        return scores;
    }

    private static void RequireClose(float[] scores, float[] rows, float[] queries, int dimension, string where)
    {
        int rowCount = rows.Length / dimension;
        for (int n = 0; n < scores.Length; n++)
        {
            double expected = 0;
            for (int d = 0; d < dimension; d++)
                expected += (double)queries[(n / rowCount * dimension) + d] * rows[(n % rowCount * dimension) + d];
            Math.Abs(scores[n] - expected).Should().BeLessThan(1e-5 * Math.Max(1, dimension), where);
        }
    }
}
