using DRepMRec.Data;
using DRepMRec.Training;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>What the rows of new users and items begin with, by hand.</summary>
public sealed class WarmStartRowTests
{
    // User "a" has a row of length 5, "b" of 1, 3 on average; item "x" of 10, "y" of 3, "z" of 2, 5 on average.
    private static readonly RecDataset Before = Data(["a", "b"], ["z", "y", "x"], [(0, 2), (1, 0), (1, 1)], []);

    private static readonly float[] Earlier = [3, 4, 1, 0, 0, 2, -3, 0, 6, 8];

    // Everybody has "fresh"; "new" has "y" too. By content "fresh" is like "x", less like "z", and unlike "y".
    private static readonly RecDataset Now = Data(["new", "b", "a"], ["x", "fresh", "z", "y"],
        [(0, 1), (0, 3), (1, 1), (1, 2), (2, 1), (2, 0)], [3, 1, 2, 2, 0, 3, -5, -6]);

    [Fact]
    public void The_known_items_nearest_to_a_new_one_come_by_their_likeness()
    {
        int[] places = [2, -1, 0, 1];
        int[][] Of(int neighbors) => NearestKnownItems.Of(Now.Features, places, neighbors);
        Of(1).Should().BeEquivalentTo(new int[][] { [], [0], [], [] }, options => options.WithStrictOrdering());
        Of(3).Should().BeEquivalentTo(new int[][] { [], [0, 2], [], [] }, options => options.WithStrictOrdering());
    }

    [Theory]
    [InlineData(1, 6.0, 8.0)]
    [InlineData(10, 6.0, 10.0)]
    public void A_new_item_is_the_mean_of_those_of_nearest_content_at_the_length_of_known_items(int neighbors, double x, double y)
    {
        var (rows, report) = Start(new WarmStartOptions { Neighbors = neighbors });
        ShouldBe(rows["fresh"], x, y, 5);
        (report.ItemsFromContent, report.ItemsFromNeighbors, report.Random).Should().Be((1, 0, 0));
    }

    [Fact]
    public void By_neighbors_a_new_item_is_the_mean_of_its_known_users_at_the_length_of_known_items()
    {
        var (rows, report) = Start(new WarmStartOptions { NewRows = NewRowStart.Neighbors });
        ShouldBe(rows["fresh"], 3 + 1, 4 + 0, 5);
        (report.ItemsFromContent, report.ItemsFromNeighbors, report.Random).Should().Be((0, 1, 0));
    }

    [Fact]
    public void A_new_user_is_the_mean_of_its_items_with_those_that_have_begun_at_the_length_of_known_users()
    {
        // "y" is (-3, 0); "fresh" has begun with (3, 4), "x" at length 5.
        var (rows, report) = Start(new WarmStartOptions { Neighbors = 1 });
        ShouldBe(rows["new"], 0, 4, 3);
        report.UsersFromNeighbors.Should().Be(1);
        rows["a"].Should().Equal(3, 4);
        rows["y"].Should().Equal(-3, 0);
    }

    /// <summary>Begins from <see cref="Before"/>, and gives the rows by id.</summary>
    private static (Dictionary<string, float[]> Rows, WarmStartReport Report) Start(WarmStartOptions options)
    {
        DRepMRecOptions small = DRepMRecOptions.LightGcn with { EmbeddingDim = 2 };
        using DRepMRecModel old = DRepMRecModel.Create(Before, small), model = DRepMRecModel.Create(Now, small);
        using (no_grad())
            old.state_dict()["behavior.embedding"].copy_(tensor(Earlier, 5, 2));
        WarmStartReport report = new Trainer(model, Now).StartFrom(EarlierModel.Of(old, Before), options);
        IEnumerable<float[]> rows = UserItemEmbeddings.Values(model.state_dict()["behavior.embedding"]).Chunk(2);
        return (Now.Users.Ids.Concat(Now.Items.Ids).Zip(rows).ToDictionary(row => row.First, row => row.Second), report);
    }

    /// <summary>Requires the direction of (x, y) and a length.</summary>
    private static void ShouldBe(float[] row, double x, double y, double length)
    {
        double norm = Math.Sqrt((x * x) + (y * y));
        ((double)row[0]).Should().BeApproximately(x * length / norm, 1e-5);
        ((double)row[1]).Should().BeApproximately(y * length / norm, 1e-5);
    }

    private static RecDataset Data(string[] users, string[] items, List<(int, int)> train, float[] content)
    {
        InteractionSet Set(List<(int, int)> pairs) => new(users.Length, items.Length, pairs);
        return new RecDataset("by hand", new IdMap(users), new IdMap(items), new InteractionSplits(Set(train), Set([]), Set([])),
            content.Length == 0 ? [] : [new ItemFeatures(Modality.Image, items.Length, 2, content)]);
    }
}
