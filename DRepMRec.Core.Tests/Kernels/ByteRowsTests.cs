using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Kernels;

public sealed unsafe class ByteRowsTests
{
    [Fact]
    public void A_row_is_rounded_to_multiples_of_a_127th_of_its_largest_number()
    {
        Round([254, -127, 1, 0, -3]).Should().BeEquivalentTo((Bytes: new sbyte[] { 127, -64, 0, 0, -2 }, Scale: 2f));
        Round([-127, 63, 0.4f, -0.6f]).Should().BeEquivalentTo((Bytes: new sbyte[] { -127, 63, 0, -1 }, Scale: 1f));
        Round([0, 0]).Should().BeEquivalentTo((Bytes: new sbyte[2], Scale: 0f));
        Round([float.Epsilon, -ByteRows.MinScale / 2]).Should().BeEquivalentTo((Bytes: new sbyte[2], Scale: 0f), "they're too small");
        Round([ByteRows.MinScale, 0]).Should().BeEquivalentTo((Bytes: new sbyte[] { 1, 0 }, ByteRows.MinScale));
        var (bytes, scale) = Round([float.MaxValue, -float.MaxValue]);
        bytes.Should().Equal(127, -127);
        (127 * scale).Should().BeInRange(float.MaxValue * 0.99f, float.MaxValue);
    }

    [Fact]
    public void Numbers_move_by_at_most_half_a_scale_scores_by_that_times_the_query_and_nothing_is_rounded_twice()
    {
        var random = new SeededRandom(3);
        for (int n = 0; n < 400; n++)
        {
            float magnitude = MathF.Pow(10, random.NextInt(60) - 25);
            float[] row = [.. Samples.Floats(1 + random.NextInt(70), (ulong)n).Select(v => v * magnitude)];
            float[] query = Samples.Floats(row.Length, (ulong)n + 1000);
            var (bytes, scale) = Round(row);
            ByteRows.IsScale(scale).Should().BeTrue();
            (127 * scale).Should().BeLessThanOrEqualTo(row.Max(MathF.Abs));
            float[] rounded = Widen(bytes, scale, SimdPaths.Best);
            double bound = 0.5 * scale * (1 + 1e-4), difference = 0;
            for (int d = 0; d < row.Length; d++)
            {
                Math.Abs((double)row[d] - rounded[d]).Should().BeLessThanOrEqualTo(bound * (1 + 1e-2));
                rounded[d].Should().Be((float)((double)bytes[d] * scale), "products are exact");
                difference += (double)query[d] * (row[d] - (double)rounded[d]);
            }

            Math.Abs(difference).Should().BeLessThanOrEqualTo(bound * (1 + 1e-2) * query.Sum(MathF.Abs));
            Round(rounded).Should().BeEquivalentTo((bytes, scale));
        }
    }

    [Fact]
    public void Scales_are_those_that_make_exact_products()
    {
        foreach (float scale in new[] { 0, 1, 1.5f, ByteRows.MinScale, 1 + (1 / 32768f) })
            ByteRows.IsScale(scale).Should().BeTrue();
        foreach (float scale in new[] { -1, float.NaN, float.PositiveInfinity, float.Epsilon, 1 + (1 / 65536f), float.MaxValue, 1e-31f })
            ByteRows.IsScale(scale).Should().BeFalse();
    }

    [Fact]
    public void Scores_have_the_bits_of_those_of_the_numbers_on_every_path_for_every_shape()
    {
        foreach (int dimension in new[] { 1, 7, 16, 23, 64, 65, 128, 192 })
        {
            foreach (int rows in new[] { 1, 15, 16, 17, 64, 65, 150 })
            {
                var (bytes, scales) = Draw(rows, dimension, (ulong)(rows * dimension));
                float[] numbers = [.. Enumerable.Range(0, rows).SelectMany(
                    r => Widen(bytes[(r * dimension)..((r + 1) * dimension)], scales[r], SimdPath.Plain))];
                foreach (int queries in new[] { 1, 5, 7 })
                {
                    float[] q = Samples.Floats(queries * dimension, 2);
                    var expected = new float[queries * rows];
                    var panels = new float[RowKernel.BytePanelLength(dimension)];
                    fixed (float* pq = q, pn = numbers, pe = expected, pp = panels)
                        RowKernel.Multiply(pq, queries, pn, rows, dimension, pe, rows, pp, SimdPath.Plain);
                    foreach (SimdPath path in SimdPathsHere.All)
                    {
                        var scores = new float[queries * rows];
                        fixed (float* pq = q, pc = scales, ps = scores, pp = panels)
                        fixed (sbyte* pb = bytes)
                            RowKernel.MultiplyBytes(pq, queries, pb, pc, rows, dimension, ps, rows, pp, path);
                        scores.AsSpan().SequenceEqual(expected).Should().BeTrue($"{path} {rows} x {dimension}, {queries} queries");
                    }
                }
            }
        }
    }

    /// <summary>Any bytes, those that rounding never makes included, and any scales.</summary>
    internal static (sbyte[] Bytes, float[] Scales) Draw(int rows, int dimension, ulong seed)
    {
        var random = new SeededRandom(seed);
        return ([.. Enumerable.Range(0, rows * dimension).Select(_ => (sbyte)(random.NextInt(256) - 128))],
            [.. Enumerable.Range(0, rows).Select(r => r % 5 == 4 ? 0 : BitConverter.UInt32BitsToSingle(
                BitConverter.SingleToUInt32Bits(MathF.Pow(10, random.NextInt(10) - 5) * (1 + random.NextSingle())) & 0xFFFF_FF00))]);
    }

    private static (sbyte[] Bytes, float Scale) Round(float[] row)
    {
        var bytes = new sbyte[row.Length];
        float scale = ByteRows.Round(row, bytes);
        return (bytes, scale);
    }

    private static float[] Widen(sbyte[] bytes, float scale, SimdPath path)
    {
        var row = new float[bytes.Length];
        fixed (sbyte* b = bytes)
        fixed (float* r = row)
            ByteRows.Widen(b, scale, row.Length, r, path);
        return row;
    }
}
