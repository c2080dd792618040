using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.Tests.Data;

/// <summary>Features and interactions that name items in different ways don't pass unnoticed.</summary>
public sealed class FeatureCoverageTests
{
    private const string Inter = "user_id:token\titem_id:token\nu\t12\nv\t7\nv\t12\nw\t8\n";

    private static readonly DatasetOptions AllTraining = new() { Split = SplitStrategy.None };

    private static FeatureTable Table(params string[] ids)
        => new(Modality.Image, ids, 1, Enumerable.Range(1, ids.Length).Select(i => (float)i).ToArray());

    private static string Item(params string[] ids) => "item_id:token\timage:float_seq\n" + string.Concat(ids.Select(id => $"{id}\t1 2\n"));

    [Theory]
    [InlineData("12.0", "7.0", "8.0")]
    [InlineData("12 ", "7 ", " 8")]
    [InlineData("012", "007", "008")]
    public void Features_of_no_item_of_the_interactions_are_refused(string first, string second, string third)
    {
        string message = $"the interactions are with 3 items, such as '12', '7', '8', the features of 3 others, such as '{first}', "
            + $"'{second}', '{third}'; ids must agree in every character.";
        using TempFolder folder = new TempFolder().With("x.inter", Inter).With("x.item", Item(first, second, third));
        Views.FormatError(() => RecDataset.Load(folder.Path, options: AllTraining)).Should()
            .Be($"x.item: expected features of items that have interactions, found none of modality image: {message}");

        FeatureTable table = Table(first, second, third);
        Interaction[] log = [new("u", "12"), new("v", "7"), new("w", "8")];
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", log, [table], AllTraining)).Should().Throw<ArgumentException>()
            .WithMessage($"Expected features of items that have interactions, found none of modality image: {message} (Parameter "
                + $"'features')");
        folder.With("log.csv", "user,item\nu,12\nv,7\nw,8\n");
        FluentActions.Invoking(() => RecDataset.LoadDelimited(folder["log.csv"], new(), [table], AllTraining)).Should()
            .Throw<ArgumentException>()
            .WithMessage("*the interactions are with 3 items*");
    }

    [Fact]
    public void Features_that_no_item_with_interactions_has_are_said()
    {
        Interaction[] log = [new("u", "a"), new("v", "b")];
        IReadOnlyList<string> Notes(params float[] values)
            => RecDataset.FromInteractions("mine", log, [new FeatureTable(Modality.Image, ["a", "b", "c"], 1, values)], AllTraining).Notes;
        const string Nothing = "image: no item with interactions has features";
        Notes(0, 0, 0).Should().Contain(Nothing);
        Notes(0, float.NaN, 3).Should().Contain(Nothing);
        Notes(0, 1, 3).Should().NotContain(Nothing);
    }

    [Fact]
    public void A_table_without_rows_is_no_matter_of_spelling()
    {
        var empty = new FeatureTable(Modality.Text, [], 3, ReadOnlyMemory<float>.Empty);
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", [new("u", "a")], [empty], AllTraining)).Should()
            .Throw<ArgumentException>().WithMessage("Expected features of items that have interactions; the table of modality text has no "
                + "rows: nothing could be made of any item. (Parameter 'features')");
        ItemTable july = ItemTable.Of(["a", "b"], ItemColumn.Category("kind", [["home"], ["home"]]));
        FeatureTable other = CategoryEncoder.Fit(july).Encode(ItemTable.Of(["a"], ItemColumn.Category("sort", [["home"]])));
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", [new("u", "a")], [other], AllTraining)).Should()
            .Throw<ArgumentException>().WithMessage("*modality category has no rows: nothing could be made of any item by the columns "
                + "kind.*");
    }

    [Fact]
    public void Each_modality_is_looked_at_by_itself()
    {
        var text = new FeatureTable(Modality.Text, ["A"], 1, new float[] { 1 });
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", [new("u", "a")], [Table("a"), text], AllTraining)).Should()
            .Throw<ArgumentException>()
            .WithMessage("*none of modality text: the interactions are with 1 items, such as 'a', the features of 1 others, such as 'A'; "
                + "*");
    }

    [Fact]
    public void Items_on_one_side_alone_are_counted_and_shown()
    {
        RecDataset data = RecDataset.FromInteractions("mine", [new("u", "a"), new("u", "b"), new("u", "c"), new("u", "d")],
            [Table("a", "b", "B ", "C.0", "new")], AllTraining);

        data.Summarize().Notes.Should().Equal("image: 2 of 4 items with interactions have a row; 2 have none, such as 'c', 'd'; "
            + "3 rows are of items without interactions, such as 'B ', 'C.0', 'new'; 1 of these differ by blanks, case, Unicode form, "
            + "leading zeros, '+' or '.0' alone, such as 'C.0' and 'c'");
        data.Items.Count.Should().Be(7);
        RecDataset.FromInteractions("mine", [new("u", "a")], [Table("a")], AllTraining).Summarize().Notes.Should().BeEmpty();
    }

    [Fact]
    public void Rows_that_say_nothing_are_counted()
        => RecDataset.FromInteractions("mine", [new("u", "a"), new("u", "b")],
            [new FeatureTable(Modality.Text, ["a", "b"], 2, new float[] { 0, 0, 1, float.NaN })], AllTraining)
            .Summarize().Notes.Should().Equal("text: 2 rows are all zero or have NaN or infinity, which means that the item has none",
                "text: no item with interactions has features");

    [Fact]
    public void Rows_of_a_matrix_that_nobody_chose_are_counted()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\n0\t0\n1\t2\n")
            .WithNpy("image_feat.npy", new float[,] { { 1 }, { 2 }, { 3 }, { 4 } });
        RecDataset.Load(folder.Path, options: AllTraining).Summarize().Notes.Should()
            .Equal("image: 2 of 2 items with interactions have a row; 2 rows are of items without interactions, such as '1', '3'");
    }
}
