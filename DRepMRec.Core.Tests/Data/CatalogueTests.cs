using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class CatalogueTests
{
    [Fact]
    public void Only_items_of_the_catalogue_stay()
    {
        Interaction[] log = [new("u", "a"), new("u", "old"), new("v", "old"), new("w", "older"), new("w", "b"), new("w", "b")];
        RecDataset data = RecDataset.FromInteractions("mine", log, options: new()
        {
            Split = SplitStrategy.None,
            Catalogue = ["a", "b", "new"],
            Duplicates = DuplicateHandling.KeepFirst,
        });

        data.Pairs().Train.Should().Equal("u-a", "w-b");
        data.Users.Ids.Should().Equal(["u", "w"], "v has nothing but an item that isn't offered");
        data.Items.Ids.Should().Equal("a", "b");
        data.Report!.Catalogue.Should().BeEquivalentTo(new CatalogueReport(3, 2, 3, 2, ["old", "older"]));
        data.Summarize().Notes.Should().StartWith(
            "3 interactions left out: 2 items that aren't in the catalogue, such as 'old', 'older'");
    }

    [Fact]
    public void Features_are_no_reason_to_offer_an_item()
    {
        var pictures = new FeatureTable(Modality.Image, ["a", "new", "old"], 1, new float[] { 1, 2, 3 });
        RecDataset data = RecDataset.FromInteractions("mine", [new("u", "a"), new("v", "a")], [pictures], new()
        {
            Split = SplitStrategy.None,
            Catalogue = ["a", "new"],
        });
        data.Items.Ids.Should().Equal("a", "new");
        data.Features[0].Values.ToArray().Should().Equal(1, 2);
        data.Notes.Should().Contain("image: 1 rows were left out, of items that aren't in the catalogue, such as 'old'");
    }

    [Fact]
    public void A_modality_may_be_of_no_item_that_is_offered()
    {
        var pictures = new FeatureTable(Modality.Image, ["a", "old"], 1, new float[] { 1, 2 });
        var texts = new FeatureTable(Modality.Text, ["old", "older"], 1, new float[] { 1, 2 });
        Interaction[] rows = [new("u", "a"), new("v", "old")];
        var options = new DatasetOptions { Split = SplitStrategy.None, Catalogue = ["a", "new"] };
        RecDataset data = RecDataset.FromInteractions("mine", rows, [pictures, texts], options);
        data.Features.Should().ContainSingle().Which.Modality.Should().Be(Modality.Image);
        data.Notes.Should().Contain("text: 2 rows were left out, of items that aren't in the catalogue, such as 'old': none is left, and "
            + "the dataset lacks the modality");
        var others = new FeatureTable(Modality.Text, ["old", "new"], 1, new float[] { 1, 2 });
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", rows, [others], options)).Should().Throw<ArgumentException>()
            .WithMessage("*ids must agree in every character, and DatasetOptions.Catalogue leaves out all other items.*");
    }

    [Fact]
    public void Items_that_a_mapping_file_names_are_no_exception()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\n0\t0\n0\t1\n1\t1\n")
            .With("i_id_mapping.csv", "asin\titemID\nold\t0\nb\t1\n");
        RecDataset data = RecDataset.Load(folder.Path, options: new() { Split = SplitStrategy.None, Catalogue = ["b"] });
        data.Pairs().Train.Should().Equal("0-b", "1-b");
        data.Items.Ids.Should().Equal("b");
        data.Report!.Catalogue!.RowsLeftOut.Should().Be(1);
    }

    [Fact]
    public void A_catalogue_that_nothing_is_in_is_refused()
    {
        Views.FormatError(() => RecDataset.FromInteractions("mine", [new("u", "a")], options: new() { Catalogue = ["b"] })).Should().Be(
            "expected at least one interaction, found none; 1 interactions left out: 1 item that isn't in the catalogue, such as 'a'.");
        FluentActions.Invoking(() => new DatasetOptions { Catalogue = [] }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", [new("u", "a")], options: new() { Catalogue = [" "] })).Should()
            .Throw<ArgumentException>().WithMessage("Each id of the catalogue must be Unicode text that isn't blank; found a blank.*");
    }
}
