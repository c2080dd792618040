using DRepMRec.Graphs;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Graphs;

public sealed class NeighborGraphTests
{
    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(50, 7, 4)]
    [InlineData(333, 20, 10)]
    [InlineData(40, 5, 100)]
    [InlineData(2100, 20, 5)]
    public void Links_are_those_of_a_plain_loop(int count, int dimension, int neighbors)
    {
        float[] rows = Samples.Floats(count * dimension, 3);
        CsrMatrix graph = NeighborGraph.Cosine(rows, dimension, neighbors);
        for (int row = 0; row < count; row++)
        {
            (int Column, double Cosine)[] expected = [.. Enumerable.Range(0, count).Where(o => o != row)
                .Select(o => (o, Cosine(rows, dimension, row, o)))
                .Where(n => n.Item2 > 0).OrderByDescending(n => n.Item2).Take(neighbors).OrderBy(n => n.o)];
            Range own = graph.RowOffsets[row]..graph.RowOffsets[row + 1];
            graph.Columns[own].ToArray().Should().Equal(expected.Select(e => e.Column));
            foreach (var (value, link) in graph.Values[own].ToArray().Zip(expected))
                ((double)value).Should().BeApproximately(link.Cosine, 1e-5);
        }
    }

    [Fact]
    public void Of_equally_similar_rows_the_lower_index_comes_first()
    {
        CsrMatrix graph = NeighborGraph.Cosine([1, 0, 2, 0, 3, 0, 4, 0], 2, 2);
        graph.Columns.ToArray().Should().Equal(1, 2, 0, 2, 0, 1, 0, 1);
        graph.Values.ToArray().Should().AllBeEquivalentTo(1f);
    }

    [Fact]
    public void Zero_rows_and_opposite_rows_have_no_links()
    {
        CsrMatrix graph = NeighborGraph.Cosine([1, 0, 0, 0, -1, 0], 2, 2);
        graph.NonZeroCount.Should().Be(0);
    }

    [Fact]
    public void Averages_sum_to_one()
    {
        CsrMatrix graph = NeighborGraph.Average(NeighborGraph.Cosine(Samples.Floats(60, 3), 3, 4));
        for (int row = 0; row < 20; row++)
            graph.Values[graph.RowOffsets[row]..graph.RowOffsets[row + 1]].ToArray().Sum().Should().BeApproximately(1, 1e-6f);
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        FluentActions.Invoking(() => NeighborGraph.Cosine(new float[5], 2, 1)).Should().Throw<ArgumentException>()
            .WithMessage("Expected a multiple of 2 values, got 5.*");
        FluentActions.Invoking(() => NeighborGraph.Cosine([1, 2, float.NaN, 1], 2, 1)).Should().Throw<ArgumentException>()
            .WithMessage("Row 1 has a value that isn't finite.*");
    }

    [Fact]
    public void An_inverted_file_finds_nearly_all_links_of_clustered_rows_with_their_true_cosines()
    {
        const int Count = 3000, Dimension = 16;
        float[] centres = Samples.Floats(40 * Dimension, 1), noise = Samples.Floats(Count * Dimension, 2);
        float[] rows = [.. Enumerable.Range(0, Count * Dimension)
            .Select(n => centres[(n / Dimension % 40 * Dimension) + (n % Dimension)] + (0.5f * noise[n]))];
        CsrMatrix exact = NeighborGraph.Cosine(rows, Dimension, 10),
            found = NeighborGraph.ApproximateCosine(rows, Dimension, 10, probes: 20);
        int hits = 0;
        for (int row = 0; row < Count; row++)
        {
            int[] known = exact.Columns[exact.RowOffsets[row]..exact.RowOffsets[row + 1]].ToArray();
            for (int e = found.RowOffsets[row]; e < found.RowOffsets[row + 1]; e++)
            {
                ((double)found.Values[e]).Should().BeApproximately(Cosine(rows, Dimension, row, found.Columns[e]), 1e-5);
                hits += known.Contains(found.Columns[e]) ? 1 : 0;
            }
        }

        (hits / (double)exact.NonZeroCount).Should().BeGreaterThan(0.95);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void An_inverted_file_that_searches_everywhere_is_exact(int count)
    {
        float[] rows = Samples.Floats(count * 3, 4);
        CsrMatrix exact = NeighborGraph.Cosine(rows, 3, 2), found = NeighborGraph.ApproximateCosine(rows, 3, 2, probes: 1000);
        found.Columns.ToArray().Should().Equal(exact.Columns.ToArray());
        found.Values.ToArray().Should().Equal(exact.Values.ToArray());
    }

    [Fact]
    public void Of_equally_similar_rows_of_other_groups_the_lower_index_comes_first_too()
    {
        float[] z = [0, 0, 1], d = [1, 0, 0], e = [0, 1, 0], both = [1, 1, 0];
        float[] rows = [.. z, .. z, .. d, .. e, .. z, .. z, .. z, .. d, .. both];
        CsrMatrix exact = NeighborGraph.Cosine(rows, 3, 1), found = NeighborGraph.ApproximateCosine(rows, 3, 1, probes: 1000);
        exact.Columns[^1].Should().Be(2);
        found.Columns.ToArray().Should().Equal(exact.Columns.ToArray());
    }

    [Theory]
    [InlineData(3e38f, 1e-44f)]
    [InlineData(1e-45f, 1e-42f)]
    [InlineData(-3.4e38f, 1e38f)]
    public void Rows_of_any_finite_length_have_cosines_of_at_most_one(float first, float second)
    {
        float[] rows = [first, first, second, second, 1, 1, 0.1f, 0.3f, first, second];
        foreach (CsrMatrix graph in new[] { NeighborGraph.Cosine(rows, 2, 4), NeighborGraph.ApproximateCosine(rows, 2, 4) })
        {
            graph.NonZeroCount.Should().BePositive();
            for (int row = 0; row < graph.RowCount; row++)
            {
                for (int e = graph.RowOffsets[row]; e < graph.RowOffsets[row + 1]; e++)
                {
                    graph.Values[e].Should().BeInRange(0, 1);
                    ((double)graph.Values[e]).Should().BeApproximately(Cosine(rows, 2, row, graph.Columns[e]), 1e-6);
                }
            }
        }
    }

    [Fact]
    public void Rows_of_zeros_are_in_no_group_and_equal_rows_are_in_many()
    {
        const int Count = 10_000;
        var rows = new float[Count * 2];
        for (int row = 0; row < Count; row += 2)
            rows[row * 2] = 1;
        var file = new InvertedFile(rows, 2);
        file.GroupCount.Should().BeGreaterThan(8);
        file.LargestCount.Should().BeLessThanOrEqualTo(8 * 37, "there are 141 groups of 35 on average");
        CsrMatrix graph = file.Search(3, probes: 2);
        for (int row = 0; row < Count; row++)
            (graph.RowOffsets[row + 1] - graph.RowOffsets[row]).Should().Be(row % 2 == 0 ? 3 : 0);
        graph.Columns.ToArray().Should().OnlyContain(column => column % 2 == 0);
        graph.Values.ToArray().Should().AllBeEquivalentTo(1f);
    }

    [Theory]
    [InlineData(50_000, 0)]
    [InlineData(50_000, 1)]
    public void Many_rows_without_features_or_with_the_same_ones_take_bounded_memory(int count, float value)
    {
        var rows = new float[count * 2];
        for (int row = 0; row < count; row++)
            rows[row * 2] = row % 100 == 0 ? 0 : value;
        using Parallelism.Scope one = Parallelism.Use(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CsrMatrix graph = NeighborGraph.ApproximateCosine(rows, 2, 5);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4000L * count, "50,000 x 50,000 products are 10 GB");
        graph.NonZeroCount.Should().Be(value == 0 ? 0 : 5 * (count - (count / 100)));
    }

    [Fact]
    public void Subnormal_rows_have_their_directions()
    {
        CsrMatrix graph = NeighborGraph.Cosine([1e-44f, 1e-44f, 3, 3, 2e-44f, -2e-44f], 2, 2);
        graph.Columns.ToArray().Should().Equal(1, 0);
        graph.Values.ToArray().Should().OnlyContain(v => MathF.Abs(v - 1) < 1e-6f);
    }

    [Fact]
    public void More_links_than_one_matrix_has_are_refused()
        => FluentActions.Invoking(() => new NeighborLists(1 << 20, 1 << 12)).Should().Throw<ArgumentException>()
            .WithMessage("1048576 rows with 4096 neighbours each have 4294967296 links*");

    private static double Cosine(float[] rows, int dimension, int a, int b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (int d = 0; d < dimension; d++)
        {
            double x = rows[(a * dimension) + d], y = rows[(b * dimension) + d];
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }

        return ab / Math.Sqrt(aa * bb);
    }
}
