using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Data;

/// <summary>Datasets without some of their users, and in the order of their ids.</summary>
public sealed class WithoutUsersTests
{
    private static readonly Interaction[] Rows =
    [
        new("z", "only-z"), new("z", "b"), new("a", "c"), new("a", "b", Label: 1), new("b", "a", Weight: 3), new("b", "c"), new("b", "b"),
    ];

    private static readonly FeatureTable Pictures = new(
        Modality.Image, ["b", "only-z", "a", "never"], 2, new float[] { 1, 2, 3, 4, 5, 6, 7, 8 });

    [Fact]
    public void It_is_the_dataset_that_never_had_them()
    {
        RecDataset with = Read(Rows, Pictures).WithoutUsers(["z", "nobody"]).InIdOrder();
        var others = new FeatureTable(Modality.Image, ["never", "a", "only-z", "b"], 2, new float[] { 7, 8, 5, 6, 3, 4, 1, 2 });
        RecDataset without = Read([.. Rows.Where(i => i.User != "z").Reverse()], others).InIdOrder();
        with.Users.Ids.Should().Equal(without.Users.Ids).And.Equal("a", "b");
        with.Items.Ids.Should().Equal(without.Items.Ids).And.Equal("a", "b", "c", "never", "only-z");
        with.Checksum.Should().Be(without.Checksum);
        with.SplitChecksum.Should().Be(without.SplitChecksum);
        with.Train.Weights.ToArray().Should().Equal(without.Train.Weights.ToArray()).And.Contain(3);
        with.Features[0].Values.ToArray().Should().Equal(without.Features[0].Values.ToArray());
    }

    [Fact]
    public void Items_with_features_stay()
    {
        var features = new FeatureTable(Modality.Image, ["x", "y"], 1, new float[] { 1, 2 });
        Interaction[] rows = [new("ann", "x"), new("bob", "y"), new("ann", "z")];
        RecDataset with = Read(rows, features).WithoutUsers(["ann"]).InIdOrder();
        with.Items.Ids.Should().Equal("x", "y");
        with.Checksum.Should().Be(Read([rows[1]], features).Checksum);
    }

    [Fact]
    public void A_hash_does_not_depend_on_the_slices_in_which_values_are_appended()
    {
        float[] values = [.. Enumerable.Range(0, 10).Select(n => n / 7f)];
        foreach (int length in new[] { 1, 3, 5, 10, 11 })
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendValues<float>(values, length);
            hash.GetHashAndReset().Should().Equal(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));
        }
    }

    [Fact]
    public void A_checksum_tells_everything_but_names_and_order_apart()
    {
        RecDataset data = Read(Rows, Pictures);
        string checksum = data.Checksum;
        checksum.Should().HaveLength(64);
        Read([.. Rows.Reverse()], Pictures).Checksum.Should().Be(checksum);
        data.WithoutUsers([]).Should().BeSameAs(data);
        data.InIdOrder().Report.Should().BeSameAs(data.Report);
        RecDataset without = data.WithoutUsers(["z"]);
        without.Report.Should().BeNull("it may quote ids");
        without.Notes.Should().BeEmpty();
        Interaction[] weights = [.. Rows[..4], Rows[4] with { Weight = 4 }, .. Rows[5..]], fewer = Rows[..^1];
        var pictures = new FeatureTable(Modality.Image, Pictures.ItemIds, 2, new float[] { 1, 2, 3, 4, 5, 6, 7, 9 });
        RecDataset[] others = [Read(weights, Pictures), Read(fewer, Pictures), Read(Rows, pictures), data.WithoutUsers(["a"])];
        foreach (RecDataset other in others)
            other.Checksum.Should().NotBe(checksum);
    }

    [Fact]
    public void Raw_fields_of_items_and_what_made_features_of_them_stay()
    {
        ItemTable items = ItemTable.Of(["a", "b", "c"], ItemColumn.Category("kind", [["x"], ["y"], ["x", "y"]]));
        RecDataset data = RecDataset.FromInteractions("small", Rows.Where(r => r.Item != "only-z"), [CategoryEncoder.Fit(items, new()
        {
            MinItems = 1,
        }).Encode(items)], new DatasetOptions { Split = SplitStrategy.RandomPerUser() }, items);
        foreach (RecDataset other in new[] { data.WithoutUsers(["z"]), data.InIdOrder(), data.WithoutUsers(["z"]).InIdOrder() })
        {
            other.ItemTable.Should().BeSameAs(items);
            other.Features[0].Encoder.Should().BeSameAs(data.Features[0].Encoder).And.NotBeNull();
        }
    }

    private static RecDataset Read(Interaction[] rows, FeatureTable features) => RecDataset.FromInteractions(
        "small", rows.Select(r => r with { Label = r.Label ?? 0 }), [features],
        new DatasetOptions { Split = SplitStrategy.ByLabel(allowMissing: true) });
}
