using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Graphs;

public sealed class InteractionGraphTests
{
    // User 0 has items 0 and 1, user 1 has item 1, user 2 and item 2 have nothing.
    private static readonly InteractionGraph Small = new(new InteractionSet(3, 3, [(0, 0), (0, 1), (1, 1)]));

    [Fact]
    public void The_adjacency_is_normalised_by_both_degrees()
    {
        float[,] dense = Dense(Small.Adjacency);
        float half = (float)(1 / Math.Sqrt(2));
        dense[0, 3].Should().BeApproximately(half, 1e-6f);
        dense[0, 4].Should().BeApproximately(0.5f, 1e-6f);
        dense[1, 4].Should().BeApproximately(half, 1e-6f);
        dense[3, 0].Should().BeApproximately(half, 1e-6f);
        Small.Adjacency.NonZeroCount.Should().Be(6);
        for (int r = 0; r < 6; r++)
        {
            for (int c = 0; c < 6; c++)
                dense[r, c].Should().Be(dense[c, r]);
        }
    }

    [Fact]
    public void Rows_of_the_user_means_sum_to_one_or_are_empty()
    {
        float[,] dense = Dense(Small.UserMeans);
        dense.Should().BeEquivalentTo(new[,] { { 0.5f, 0.5f, 0 }, { 0, 1, 0 }, { 0, 0, 0 } });
        Small.ColdUserCount.Should().Be(1);
    }

    [Fact]
    public void Dropping_edges_keeps_about_the_share_and_depends_on_the_seed_alone()
    {
        InteractionGraph graph = Samples.Checkerboard(100, 40).Graph();
        InteractionGraph dropped = graph.DropEdges(0.25, seed: 3);
        dropped.EdgeCount.Should().BeInRange((int)(0.7 * graph.EdgeCount), (int)(0.8 * graph.EdgeCount));
        dropped.Interactions.Items.ToArray().Should().Equal(graph.DropEdges(0.25, seed: 3).Interactions.Items.ToArray());
        dropped.Interactions.Items.ToArray().Should().NotEqual(graph.DropEdges(0.25, seed: 4).Interactions.Items.ToArray());
        Enumerable.Range(0, 100)
            .Should().OnlyContain(u => dropped.Interactions.ItemsOf(u).ToArray().All(i => graph.Interactions.Contains(u, i)));
        graph.DropEdges(0, seed: 1).EdgeCount.Should().Be(graph.EdgeCount);
    }

    [Fact]
    public void Dropping_by_degree_keeps_the_exact_share_and_the_rare_edges_rather()
    {
        // Items 0 to 4 have 50 users each, each user has one more item of its own: 250 edges of weight 1/sqrt(6*50), 50 of weight
        // 1/sqrt(6).
        (int, int)[] pairs = [.. Enumerable.Range(0, 50).SelectMany(u => Enumerable.Range(0, 5).Select(i => (u, i)).Append((u, 5 + u)))];
        var graph = new InteractionGraph(new InteractionSet(50, 55, pairs));
        InteractionGraph dropped = graph.DropEdgesByDegree(0.75, seed: 3);
        dropped.EdgeCount.Should().Be(75);
        dropped.Interactions.Items.ToArray().Should().Equal(graph.DropEdgesByDegree(0.75, seed: 3).Interactions.Items.ToArray());
        dropped.Interactions.Items.ToArray().Should().NotEqual(graph.DropEdgesByDegree(0.75, seed: 4).Interactions.Items.ToArray());
        dropped.Interactions.Items.ToArray().Count(i => i >= 5)
            .Should().BeInRange(25, 50, "they are a sixth of the edges, but drawn seven times as often");
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(0.5, 150)]
    [InlineData(0.7, 90)]
    [InlineData(0.8, 60)]
    [InlineData(0.9, 30)]
    [InlineData(0.9999999999999999, 1)]
    public void Shares_are_dropped_as_they_are_written(double share, int kept)
    {
        InteractionSet edges = new(10, 30, [.. Enumerable.Range(0, 300).Select(n => (n / 30, n % 30))]);
        new InteractionGraph(edges).DropEdgesByDegree(share, seed: 1).EdgeCount.Should().Be(kept);
        new InteractionGraph(new InteractionSet(2, 2, [])).DropEdgesByDegree(share, seed: 1).EdgeCount.Should().Be(0);
    }

    [Fact]
    public void A_graph_without_some_edges_has_the_others()
    {
        InteractionGraph less = Small.Without([0, 2, 0], [1, 2, 1]);
        less.Interactions.ExpandUsers().Zip(less.Interactions.Items.ToArray()).Should().Equal((0, 0), (1, 1));
        less.ItemDegrees.Should().Equal(1, 1, 0);
        FluentActions.Invoking(() => Small.Without([0], []))
            .Should().Throw<ArgumentException>().WithMessage("Expected as many users as items, got 1 and 0.*");
        FluentActions.Invoking(() => Small.Without([99], [0])).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("users");
        FluentActions.Invoking(() => Small.Without([-1], [0])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Normalised_interactions_are_the_upper_right_block_of_the_adjacency()
    {
        float[,] block = Dense(Small.NormalizedInteractions), all = Dense(Small.Adjacency);
        for (int u = 0; u < 3; u++)
        {
            for (int i = 0; i < 3; i++)
                block[u, i].Should().Be(all[u, 3 + i]);
        }
    }

    [Fact]
    public void Users_are_linked_to_those_who_share_most_items()
    {
        // Users 0 and 1 share two items, users 0 and 2 one, user 3 shares nothing.
        var graph = new InteractionGraph(new InteractionSet(4, 4, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 2), (3, 3)]));
        float[,] one = Dense(NeighborGraph.CoInteraction(graph, 1));
        one[0, 1].Should().Be(1);
        one[2, 0].Should().Be(1);
        float[,] two = Dense(NeighborGraph.CoInteraction(graph, 2));
        two[0, 1].Should().Be(0.5f);
        two[0, 2].Should().Be(0.5f);
        Enumerable.Range(0, 4).Sum(c => two[3, c]).Should().Be(0);
    }

    private static float[,] Dense(CsrMatrix matrix)
    {
        var dense = new float[matrix.RowCount, matrix.ColumnCount];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int e = matrix.RowOffsets[row]; e < matrix.RowOffsets[row + 1]; e++)
                dense[row, matrix.Columns[e]] = matrix.Values[e];
        }

        return dense;
    }
}
