using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.Tests.Data;

/// <summary>Columns that are declared by their names, and by their positions.</summary>
public sealed class DeclaredColumnTests
{
    private static RecDataset Load(string text, DelimitedOptions layout)
    {
        using TempFolder folder = new TempFolder().With("log.csv", text);
        return RecDataset.LoadDelimited(folder["log.csv"], layout, options: new() { Split = SplitStrategy.None });
    }

    [Fact]
    public void A_column_is_called_as_it_is_declared_however_the_file_spells_it()
    {
        using TempFolder folder = new TempFolder().With("july.csv", "SKU,Title,Kind,Unit Price\np1,Lamp,home,5\np2,Rug,home,7\n")
            .With("august.csv", "sku,TITLE,kind,unit-price\np3,Vase,home,6\n").With("items.jsonl", "{\"SKU\":\"p1\",\"Title\":\"Lamp\"}\n");
        var layout = new DelimitedItemOptions { Item = "sku", Title = "title", Categories = ["kind"], Numbers = ["unit_price"] };
        ItemTable july = ItemTable.LoadDelimited(folder["july.csv"], layout);
        july.ToString().Should().Be("2 items: 'title' (Title), 'kind' (Category), 'unit_price' (Number)");
        july["title"]!.TextOf(0).Should().Be("Lamp");
        ItemTable august = ItemTable.LoadDelimited(folder["august.csv"], layout);
        CategoryEncoder.Fit(july).Encode(august).ItemIds.Should().Equal("p3");
        NumberEncoder.Fit(july).Encode(august).ItemIds.Should().Equal("p3");
        ItemTable.LoadJsonLines(folder["items.jsonl"], new() { Item = "sku", Title = "title" })["title"]!.TextOf(0).Should().Be("Lamp");
        ItemTable.LoadDelimited(folder["july.csv"], new() { Item = "sku", Title = 1 })["Title"]!.TextOf(0).Should()
            .Be("Lamp", "a position has no other name than that of the header");
    }

    [Fact]
    public void Items_without_a_header_do_not_lose_their_first_row_unsaid()
    {
        using TempFolder folder = new TempFolder().With("items.csv", "p1,Lamp,9.5,2024-01-31\np2,Rug,7,2024-02-29\n");
        var layout = new DelimitedItemOptions { Item = 0, Title = 1 };
        Views.FormatError(() => ItemTable.LoadDelimited(folder["items.csv"], layout with { Numbers = [2] })).Should().Be(
            "items.csv line 1: expected a header, found 'p1,Lamp,9.5,2024-01-31' with a value in the column of the numbers. "
            + "DelimitedItemOptions.HasHeader = false reads the line as the first row.");
        Views.FormatError(() => ItemTable.LoadDelimited(folder["items.csv"], layout with { Dates = [3] })).Should()
            .Contain("with a value in the column of the dates. DelimitedItemOptions.HasHeader = false");
        ItemTableReport report = ItemTable.LoadDelimited(folder["items.csv"], layout).Report!;
        report.LineAsHeader.Should().Equal("p1", "Lamp", "9.5", "2024-01-31");
        report.ToString().Should().Contain(
            "\n           1  line taken as the header: p1, Lamp, 9.5, 2024-01-31; HasHeader = false reads it\n");
        ItemTable.LoadDelimited(folder["items.csv"], layout with { HasHeader = false, Numbers = [2], Dates = [3] }).Ids.Should()
            .Equal("p1", "p2");
        folder.With("long.csv", $"p1,{new string('x', 65)}\np2,Rug\n");
        Views.FormatError(() => ItemTable.LoadDelimited(folder["long.csv"], layout)).Should()
            .EndWith("give it another in the file. DelimitedItemOptions.HasHeader = false reads the line as the first row.");
        folder.With("named.csv", "sku,title,price\np1,Lamp,9.5\n");
        ItemTable.LoadDelimited(folder["named.csv"], layout with { Numbers = ["price"] }).Report!.LineAsHeader.Should().BeEmpty();
    }

    [Theory]
    [InlineData("ann,x,5\nbob,y,4\n", "rating", "ratings")]
    [InlineData("ann,x,2024-01-31\nbob,y,2024-02-29\n", "timestamp", "timestamps")]
    [InlineData("ann,x,881250949\nbob,y,881250950\n", "timestamp", "timestamps")]
    [InlineData("ann,x,0\nbob,y,2\n", "label", "labels")]
    [InlineData("ann,x,1.5\nbob,y,2\n", "weight", "weights")]
    [InlineData("ann,x,view\nbob,y,view\n", "event", "events")]
    public void Interactions_without_a_header_do_not_lose_their_first_row(string text, string third, string found)
    {
        var layout = new DelimitedOptions { User = 0, Item = 1 };
        layout = third switch
        {
            "rating" => layout with { Rating = 2 },
            "timestamp" => layout with { Timestamp = 2 },
            "label" => layout with { Label = 2 },
            "weight" => layout with { Weight = 2 },
            _ => layout with { Event = 2, EventWeights = new Dictionary<string, double> { ["view"] = 1 } },
        };
        string first = text[..text.IndexOf('\n', StringComparison.Ordinal)];
        Views.FormatError(() => Load(text, layout)).Should().Be($"log.csv line 1: expected a header, found '{first}' with a value in the "
            + $"column of the {found}. DelimitedOptions.HasHeader = false reads the line as the first row.");
        Load(text, layout with { HasHeader = false }).Train.Count.Should().Be(2);
        Load("user,item,third\n" + text, layout).Train.Count.Should().Be(2);
    }

    [Fact]
    public void A_first_line_that_may_be_a_row_is_said_to_be_taken_as_the_header()
    {
        RecDataset data = Load("ann,x\nbob,y\n", new() { User = 0, Item = 1 });
        data.Pairs().Train.Should().Equal("bob-y");
        data.Report!.LineAsHeader.Should().Equal("ann", "x");
        data.Report.ToString().Should().Be(
            "1 row read, 1 interaction\n           1  line taken as the header: ann, x; HasHeader = false reads it");
        data.Notes.Should().Contain("the first line was taken as the header: ann, x; HasHeader = false reads it");
        Views.FormatError(() => Load("7,7\n7,8\n", new() { User = 0, Item = 1 })).Should().Be("log.csv line 1: expected each column once "
            + "in the header, found '7' twice. DelimitedOptions.HasHeader = false reads the line as the first row.");
        Load("user,what\nbob,y\n", new() { User = "user", Item = 1 }).Report!.LineAsHeader.Should().BeEmpty();
        Views.FormatError(() => Load("ann,x\n", new() { User = 0, Item = 1 })).Should().Be("log.csv: expected at least one interaction, "
            + "found none; the first line was taken as the header: ann, x; HasHeader = false reads it.");
    }
}
