using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class DelimitedReaderTests
{
    private static readonly DatasetOptions AllTraining = new() { Split = SplitStrategy.None };

    private static RecDataset Load(string text, DelimitedOptions? layout = null, DatasetOptions? options = null,
        IReadOnlyList<FeatureTable>? features = null)
    {
        using TempFolder folder = new TempFolder().With("log.csv", text);
        return RecDataset.LoadDelimited(folder["log.csv"], layout ?? new(), features, options ?? AllTraining);
    }

    [Fact]
    public void Reads_columns_by_name()
    {
        RecDataset data = Load(
            "when;who;what;stars;set\n2.5;ann;x;4;0\n1.5;ann;y;3.5;2\n3;bob;x;1;1\n",
            new() { Separator = ';', User = "who", Item = "what", Rating = "stars", Timestamp = "when", Label = "set" },
            new());

        data.Name.Should().Be("log");
        data.Pairs().Train.Should().Equal("ann-x");
        data.Pairs().Validation.Should().Equal("bob-x");
        data.Pairs().Test.Should().Equal("ann-y");
    }

    [Fact]
    public void Reads_columns_by_position_with_and_without_a_header()
    {
        Load("x,ann\ny,bob\n", new() { HasHeader = false, User = 1, Item = 0 }).Pairs().Train.Should().Equal("ann-x", "bob-y");
        Load("a,b\nx,ann\ny,bob\n", new() { User = 1, Item = 0 }).Pairs().Train.Should().Equal("ann-x", "bob-y");
    }

    [Fact]
    public void Reads_quoted_fields()
    {
        RecDataset data = Load("user,item\n\"Doe, Ann\",\"12\"\" disc\"\n\"two\nlines\",a\"b\n\"\"\"\",\"x\"\n");

        data.Pairs().Train.Should().BeEquivalentTo("Doe, Ann-12\" disc", "two\nlines-a\"b", "\"-x");
    }

    [Fact]
    public void Quotes_are_plain_characters_when_told_so()
        => Load("user,item\n\"a,b\"\n", new() { Quotes = false }).Pairs().Train.Should().Equal("\"a-b\"");

    [Theory]
    [InlineData("user,item\nann\n", "log.csv line 2: expected 2 comma-separated columns (user, item), found 1: 'ann'.")]
    [InlineData("who,item\nann,x\n", "log.csv line 1: expected a column user in the header, found 'who,item'.")]
    [InlineData("user,item\n\"ann,x\nbob,y\n",
        "log.csv line 2: expected a closing quote, found the end of the file after '\"ann,x'. DelimitedOptions.Quotes = false takes "
            + "quotes as they are.")]
    [InlineData("user,item\n\"ann\"a,x\n", "log.csv line 2: expected a separator after a closing quote, found '\"ann\"a,x'.")]
    [InlineData("user,item\n\"a\nb\",x\nbob\n", "log.csv line 4: expected 2 comma-separated columns (user, item), found 1: 'bob'.")]
    [InlineData("", "log.csv: expected a header line, found an empty file.")]
    public void Says_what_is_wrong_and_where(string text, string message) => Views.FormatError(() => Load(text)).Should().Be(message);

    [Theory]
    [InlineData("", "log.csv: expected at least one interaction, found an empty file.")]
    [InlineData("a|b\n", "log.csv line 1: expected at least 3 '|'-separated columns, found 2: 'a|b'.")]
    [InlineData("a|b|1\nc|d\n", "log.csv line 2: expected 3 '|'-separated columns as in the first line, found 2: 'c|d'.")]
    [InlineData("a|b|1\nc|d|soon\n", "log.csv line 2: expected a number below 100,000,000 as timestamp, like those before, found 'soon'.")]
    public void Says_what_is_wrong_without_a_header(string text, string message)
        => Views.FormatError(() => Load(text, new() { Separator = '|', HasHeader = false, User = 0, Item = 1, Timestamp = 2 })).Should()
            .Be(message);

    [Fact]
    public void Refuses_a_layout_that_contradicts_itself()
    {
        Action named = () => Load("a,b\n", new() { HasHeader = false, User = 0, Item = "item" });
        named.Should().Throw<ArgumentException>()
            .WithMessage("Without a header the columns must be given by position; got the name 'item'. (Parameter 'layout')");
        Action separator = () => _ = new DelimitedOptions { Separator = '"' };
        separator.Should().Throw<ArgumentException>()
            .WithMessage("A separator can't be a quote or a line break; got '\"'. (Parameter 'Separator')");
        Action column = () => _ = new DelimitedOptions { User = -1 };
        column.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Features_join_by_raw_id()
    {
        var table = new FeatureTable(Modality.Text, ["y", "new", "x"], 2, new float[] { 1, 2, 3, 4, 5, 6 });

        RecDataset data = Load("user,item\nann,x\nann,z\nbob,y\n", features: [table]);

        data.Items.Ids.Should().Equal("new", "x", "y", "z");
        data.Features.Single().Values.ToArray().Should().Equal(3, 4, 5, 6, 1, 2, 0, 0);
        data.Features.Single().Present.ToArray().Should().Equal(true, true, true, false);
    }
}
