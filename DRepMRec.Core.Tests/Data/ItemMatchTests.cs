using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>A table of items beside the interactions.</summary>
public sealed class ItemMatchTests
{
    [Fact]
    public void The_dataset_says_what_matched_on_neither_side()
    {
        using TempFolder folder = new TempFolder().With("orders.csv",
            "user,item\na,p1\na,P2\nb,p1\nb,old\n").With("products.csv", "item,title\np1,Lamp\np2,Chair\np3,Table\n");
        ItemTable items = ItemTable.LoadDelimited(folder["products.csv"], new() { Title = "title" });
        var options = new DatasetOptions { Split = SplitStrategy.None };
        RecDataset data = RecDataset.LoadDelimited(folder["orders.csv"], new(), options: options, items: items);
        data.ItemTable.Should().BeSameAs(items);
        data.Report!.Items.Should().BeEquivalentTo(new ItemMatchReport(1, 2, ["p2", "p3"], 2, ["P2", "old"]) { Alike = ["P2"] });
        data.Report.ToString().Should().Be(
            """
            4 rows read, 4 interactions
                       2  items of the table without an interaction, such as 'p2', 'p3'
                       2  items with interactions that aren't in the table, such as 'P2', 'old'
                       1  of these alike to the eye: 'P2'
            """);
        DRepMRecJson.Read<LoadReport>(DRepMRecJson.Write(data.Report)).Should().BeEquivalentTo(data.Report);
        FluentActions.Invoking(
            () => RecDataset.LoadDelimited(folder["orders.csv"], new(), options: options, items: ItemTable.Of(["x1"])))
            .Should().Throw<ArgumentException>().WithMessage("Expected items that have interactions, found none: the interactions are with "
            + "3 items, such as 'p1', 'P2', 'old', the table has 1 others, such as 'x1'; ids must agree in every character.*");
    }

    [Fact]
    public void RecBole_items_have_titles_categories_and_numbers()
    {
        using TempFolder folder = new TempFolder()
            .With("ml.inter", "user_id:token\titem_id:token\n1\t1\n1\t2\n2\t1\n")
            .With("ml.item", "item_id:token\tmovie_title:token_seq\tgenres:token_seq\tcountry:token\tyear:float\tx_feat:float_seq\n"
                + "1\tToy Story\tComedy Family\tus\t1995\t1 2\n2\tHeat\t\t\t\t3 4\n");
        RecDataset data = RecDataset.Load(folder.Path, options: new() { Split = SplitStrategy.None });
        ItemTable items = data.ItemTable!;
        items.ToString().Should().Be("2 items: 'movie_title' (Title), 'country' (Category), 'genres' (Category), 'year' (Number)");
        items["movie_title"]!.TextOf(0).Should().Be("Toy Story");
        items["genres"]!.CategoriesOf(0).Should().Equal("Comedy", "Family");
        items["country"]!.CategoriesOf(0).Should().Equal("us");
        items["year"]!.NumberOf(1).Should().BeNull();
        data.Features.Single().Modality.Should().Be(new Modality("x"));
        ItemTable.LoadRecBole(folder.Path).Ids.Should().Equal("1", "2");
    }

    [Theory]
    [InlineData("title:token\tbrand:token", "'title' (Title), 'brand' (Category)")]
    [InlineData("brand_name:token_seq\ttitle:token", "'title' (Title), 'brand_name' (Text)")]
    [InlineData("movie_title:token_seq\ttitle_of_series:token", "'movie_title' (Title), 'title_of_series' (Text)")]
    [InlineData("brand_name:token\titem_name:token_seq", "'item_name' (Title), 'brand_name' (Category)")]
    public void The_title_of_RecBole_items_may_be_a_token(string columns, string expected)
    {
        using TempFolder folder = new TempFolder().With("amazon.item", $"item_id:token\t{columns}\n1\tRed lamp\tLux\n");
        ItemTable items = ItemTable.LoadRecBole(folder["amazon.item"]);
        items.ToString().Should().Be($"1 items: {expected}");
    }
}
