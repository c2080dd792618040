using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class MemoryReaderTests
{
    private static string Error(params Interaction[] interactions)
        => Views.FormatError(() => RecDataset.FromInteractions("mine", interactions));

    [Fact]
    public void Reads_interactions_with_labels()
    {
        RecDataset data = RecDataset.FromInteractions("mine", [new("10", "b", Label: 0), new("9", "a", Label: 1), new("9", "b", Label: 2)]);

        data.Name.Should().Be("mine");
        data.Users.Ids.Should().Equal("9", "10");
        data.Items.Ids.Should().Equal("a", "b");
        data.Pairs().Train.Should().Equal("10-b");
        data.Pairs().Validation.Should().Equal("9-a");
        data.Pairs().Test.Should().Equal("9-b");
        data.Features.Should().BeEmpty();
    }

    [Fact]
    public void Says_what_is_wrong_by_the_number_of_the_interaction()
    {
        Error().Should().Be("expected at least one interaction, found none.");
        Error(new("a", "x", Label: 0), new(" ", "x", Label: 0)).Should().Be("interaction 2: expected a user id, found a blank.");
        Error(new Interaction("a", null!)).Should().Be("interaction 1: expected an item id, found a blank.");
        Error(new Interaction("a", "x", Timestamp: double.NaN)).Should()
            .Be("interaction 1: expected a finite number as timestamp, found NaN.");
        Error(new("a", "x", Label: 0), new("a", "y", Label: 5)).Should()
            .Be("interaction 2: expected the label 0 (training), 1 (validation) or 2 (test), found 5.");
        Error(new("a", "x"), new("a", "y"), new("a", "x")).Should()
            .Be("interaction 3: expected each user-item pair once; found user 'a' with item 'x', which is in interaction 1 already.");
        Error(new("a", "x"), new("a", "y")).Should()
            .Be("expected the split RandomPerUser(0.1, 0.1) to give validation interactions; found none among 2.");
    }

    [Fact]
    public void A_feature_table_says_what_is_wrong()
    {
        Action count = () => _ = new FeatureTable(Modality.Text, ["a", "b"], 2, new float[3]);
        count.Should().Throw<ArgumentException>().WithMessage("Modality text: expected 2 x 2 = 4 values, got 3. (Parameter 'values')");
        Action twice = () => _ = new FeatureTable(Modality.Text, ["a", "a"], 1, new float[2]);
        twice.Should().Throw<ArgumentException>()
            .WithMessage("Modality text: each item must have one row; 'a' has a second one, row 1. (Parameter 'itemIds')");
        Action blank = () => _ = new FeatureTable(Modality.Text, ["a", ""], 1, new float[2]);
        blank.Should().Throw<ArgumentException>()
            .WithMessage("Modality text: the item id of row 1 must be Unicode text that isn't blank; found a blank. (Parameter 'itemIds')");
        Action unnamed = () => _ = new FeatureTable(default, ["a"], 1, new float[1]);
        unnamed.Should().Throw<ArgumentException>().WithMessage("Features need a modality with a name. (Parameter 'modality')");
        var table = new FeatureTable(Modality.Text, ["a"], 1, new float[] { 1 });
        Action same = () => RecDataset.FromInteractions("mine", [new("u", "a")], [table, table], new() { Split = SplitStrategy.None });
        same.Should().Throw<ArgumentException>()
            .WithMessage("Each modality must occur once; got 2 tables of 'text'. (Parameter 'features')");
    }

    [Fact]
    public void A_feature_table_comes_from_a_file_too()
    {
        using TempFolder folder = new TempFolder().WithNpy("v.npy", new float[,] { { 1, 2 }, { 3, 4 } });

        FeatureTable table = FeatureTable.LoadNpy(folder["v.npy"], Modality.Video, ["b", "a"]);
        RecDataset data = RecDataset.FromInteractions("mine", [new("u", "a")], [table], new() { Split = SplitStrategy.None });

        data.Features.Single()[data.Items.IndexOf("b")].ToArray().Should().Equal(1, 2);
        Views.FormatError(() => FeatureTable.LoadNpy(folder["v.npy"], Modality.Video, ["b"])).Should()
            .Be("v.npy: expected 1 rows, one per item id, found 2.");
    }

    [Fact]
    public void The_callers_values_stay_as_they_are()
    {
        float[] values = [1, float.NaN];
        RecDataset.FromInteractions("mine", [new("u", "a")], [new FeatureTable(Modality.Text, ["a"], 2, values)],
            new() { Split = SplitStrategy.None })
            .Features.Single().Present[0].Should().BeFalse();
        values[0].Should().Be(1);
    }
}
