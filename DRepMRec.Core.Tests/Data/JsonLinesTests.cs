using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>Lines that are no objects, wherever they are, and values that are none of a cell.</summary>
public sealed class JsonLinesTests
{
    private const string Rows = "{\"user\":\"a\",\"item\":\"p2\"}\n{\"user\":\"b\",\"item\":\"p1\"}\n";

    private static readonly DatasetOptions Skip = new() { BadRows = BadRowHandling.Skip, Split = SplitStrategy.None };

    [Theory]
    [InlineData("\"user\":\"z\",\"item\":\"p1\"}", RowMistakeKind.Json, "a JSON object, found")]
    [InlineData("{\"user\":\"z\",\"item\":", RowMistakeKind.Json, "a JSON object, found")]
    [InlineData("{\"user\" \"z\"}", RowMistakeKind.Json, "a JSON object, found")]
    [InlineData("[1]", RowMistakeKind.Json, "a JSON object, found")]
    [InlineData("{}", RowMistakeKind.User, "a user id, found a blank.")]
    public void Lines_before_the_first_object_with_properties_are_rows_with_mistakes(string first, RowMistakeKind kind, string expected)
    {
        using TempFolder folder = new TempFolder().With("log.jsonl", $"\n{first}\n{Rows}");
        RecDataset data = RecDataset.LoadJsonLines(folder["log.jsonl"], new(), options: Skip);
        data.Pairs().Train.Should().Equal("a-p2", "b-p1");
        data.Report!.RowsRead.Should().Be(3);
        data.Report.Mistakes.Select(m => (m.Kind, m.Count, m.First[0].Line)).Should().Equal((kind, 1, 2));

        DatasetFormatException error = FluentActions.Invoking(() => RecDataset.LoadJsonLines(folder["log.jsonl"], new())).Should()
            .Throw<DatasetFormatException>().Which;
        error.Message.Should().StartWith($"log.jsonl line 2: expected {expected}");
        error.Report!.Interactions.Should().Be(2);
    }

    [Fact]
    public void What_is_wrong_with_the_names_is_said_of_their_line()
    {
        using TempFolder folder = new TempFolder().With("x.jsonl", "{}\n{\"who\":1}\n").With("none.jsonl", "[1]\n{}\n{\"user\"\n");
        Views.FormatError(() => RecDataset.LoadJsonLines(folder["x.jsonl"], new(), options: Skip)).Should()
            .Be("x.jsonl line 2: expected a column user in the header, found '{\"who\":1}'.");
        foreach (DatasetOptions options in new[] { Skip, new() })
        {
            Views.FormatError(() => RecDataset.LoadJsonLines(folder["none.jsonl"], new(), options: options)).Should()
                .Be("none.jsonl line 1: expected a JSON object with the names of the columns in the first line, found '[1]'.");
        }
    }

    [Fact]
    public void A_nested_value_of_an_item_is_a_cell_that_cannot_be_read()
    {
        using TempFolder folder = new TempFolder().With("x.jsonl", """
            {"sku":"p1","title":"Pot","price":5,"tags":["a"]}
            {"sku":"p7","title":"Lamp","price":{"amount":19.9,"of":[{}]},"tags":["x",["y"],"z"]}
            {"sku":{"id":"p8"},"title":"Rug","price":1}
            {"sku":"p9","title":["Mat"],"price":{},"price":2}
            {"sku":"p10","title":{}
            """);
        var layout = new ItemLayout { Item = "sku", Title = "title", Categories = ["tags"], Numbers = ["price"] };
        ItemTable items = ItemTable.LoadJsonLines(folder["x.jsonl"], layout, new() { BadRows = BadRowHandling.Skip });
        items.Ids.Should().Equal("p1", "p7", "p9");
        (items["title"]!.TextOf(1), items["price"]!.NumberOf(1)).Should().Be(("Lamp", null));
        items["tags"]!.CategoriesOf(1).Should().BeEmpty();
        (items["title"]!.TextOf(2), items["price"]!.NumberOf(2)).Should().Be((null, 2));
        items.Report!.Items.Should().Be(3);
        RowMistake mistake = items.Report.Mistakes.Should().ContainSingle().Which;
        (mistake.Kind, mistake.Count).Should().Be((RowMistakeKind.Json, 5));
        mistake.First.Select(place => place.Line).Should().Equal(2, 2, 3);
        mistake.First[0].Message.Should().StartWith("x.jsonl line 2: expected a string or a number, or a list of them, as tags, found '{");
        mistake.First[1].Message.Should().StartWith("x.jsonl line 2: expected a string or a number as price, found '{");
        mistake.First[2].Message.Should().StartWith("x.jsonl line 3: expected a string or a number as sku, found '{");
        items.Report.ToString().Should().Contain("\n           5  not a JSON object with single values; accepted by ItemTableOptions.");

        FluentActions.Invoking(() => ItemTable.LoadJsonLines(folder["x.jsonl"], layout)).Should().Throw<DatasetFormatException>()
            .WithMessage("x.jsonl line 2: expected a string or a number, or a list of them, as tags, found *").Which.ItemReport!.Items
            .Should().Be(3);
    }

    [Fact]
    public void One_of_an_interaction_leaves_it_out()
    {
        using TempFolder folder = new TempFolder().With("log.jsonl", "{\"user\":\"z\",\"item\":\"p1\",\"n\":{}}\n" + Rows.Replace(
            "}", ",\"n\":1}", StringComparison.Ordinal));
        RecDataset data = RecDataset.LoadJsonLines(folder["log.jsonl"], new() { Weight = "n" }, options: Skip);
        data.Pairs().Train.Should().Equal("a-p2", "b-p1");
        data.Report!.Mistakes.Single().Kind.Should().Be(RowMistakeKind.Json);
    }
}
