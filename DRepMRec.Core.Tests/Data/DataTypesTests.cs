using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class DataTypesTests
{
    [Fact]
    public void An_interaction_set_groups_by_user()
    {
        var set = new InteractionSet(3, 4, [(2, 3), (0, 1), (2, 0)]);

        set.Count.Should().Be(3);
        set.ItemsOf(0).ToArray().Should().Equal(1);
        set.ItemsOf(1).ToArray().Should().BeEmpty();
        set.ItemsOf(2).ToArray().Should().Equal(0, 3);
        set.Offsets.ToArray().Should().Equal(0, 1, 1, 3);
        set.ExpandUsers().Should().Equal(0, 2, 2);
        set.ItemDegrees().Should().Equal(1, 1, 0, 1);
        set.Contains(2, 3).Should().BeTrue();
        set.Contains(1, 3).Should().BeFalse();
    }

    [Fact]
    public void An_interaction_set_refuses_wrong_pairs()
    {
        Action outside = () => _ = new InteractionSet(1, 2, [(0, 2)]);
        outside.Should().Throw<ArgumentException>()
            .WithMessage("Expected user indices below 1 and item indices below 2; got the pair (0, 2). (Parameter 'pairs')");
        Action twice = () => _ = new InteractionSet(1, 2, [(0, 1), (0, 1)]);
        twice.Should().Throw<ArgumentException>().WithMessage("Each pair must occur once; got the pair (0, 1) twice. (Parameter 'pairs')");
    }

    [Fact]
    public void An_id_map_goes_both_ways()
    {
        var map = new IdMap(["b", "a"]);

        map.IndexOf("a").Should().Be(1);
        map[0].Should().Be("b");
        map.TryGetIndex("A", out int missing).Should().BeFalse("ids compare by their exact characters");
        missing.Should().Be(-1);
        map.Invoking(m => m.IndexOf("c")).Should().Throw<KeyNotFoundException>().WithMessage("The id 'c' is not among the 2 known ones.");
        Action twice = () => _ = new IdMap(["a", "a"]);
        twice.Should().Throw<ArgumentException>().WithMessage("Each id must occur once; 'a' is number 0 and number 1. (Parameter 'ids')");
    }

    [Fact]
    public void Features_are_absent_where_they_say_nothing()
    {
        var features = new ItemFeatures(Modality.Text, 5, 2, [1, 2, 0, 0, float.NaN, 1, 3, float.PositiveInfinity, 4, 5],
            [true, true, true, true, false]);

        features.Present.ToArray().Should().Equal(true, false, false, false, false);
        features.PresentCount.Should().Be(1);
        features.Values.ToArray().Should().Equal(1, 2, 0, 0, 0, 0, 0, 0, 0, 0);
        features[0].ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public void A_table_of_features_keeps_the_ids_that_were_checked()
    {
        List<string> ids = ["a", "b"];
        using TempFolder folder = new TempFolder().WithNpy("x.npy", new float[,] { { 1 }, { 2 } });
        FeatureTable[] tables =
        [
            new(Modality.Text, ids, 1, new float[] { 1, 2 }), FeatureTable.LoadNpy(folder["x.npy"], Modality.Text, ids),
        ];
        (ids[0], ids[1]) = ("c", "c");
        ids.Add("d");
        foreach (FeatureTable table in tables)
            table.ItemIds.Should().Equal("a", "b");
    }

    [Fact]
    public void A_modality_is_its_name()
    {
        new Modality("Image").Should().Be(Modality.Image);
        Action odd = () => _ = new Modality("a b");
        odd.Should().Throw<ArgumentException>()
            .WithMessage("A modality's name has at most 64 letters, digits, '-' and '_'; got 'a b'. (Parameter 'name')");
    }

    [Fact]
    public void Options_have_their_defaults()
    {
        new DatasetOptions().Should()
            .Be(new DatasetOptions { Name = null, Split = null, Duplicates = null, BadRows = BadRowHandling.Stop, MinimumRating = null });
        new DelimitedOptions().Should()
            .Be(new DelimitedOptions
            {
                Separator = ',',
                HasHeader = true,
                Quotes = true,
                Encoding = "utf-8",
                User = "user",
                Item = "item",
                TimestampFormat = TimestampFormat.Detect,
            });
        Action unknown = () => _ = new DatasetOptions { Duplicates = (DuplicateHandling)7 };
        unknown.Should().Throw<ArgumentOutOfRangeException>();
    }
}
