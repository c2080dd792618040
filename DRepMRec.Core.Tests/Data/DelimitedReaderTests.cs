using System.Text;
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

    [Fact]
    public void A_stray_quote_swallows_no_row_unsaid()
    {
        const string Text = "user,item,title\nu1,i1,\"Great lamp\nu2,i2,Chair\nu3,i3,Table\nu4,i4,TV 40\"\nu5,i5,Pot\nu6,i6,\"a\nb\"\n";
        RecDataset data = Load(Text);
        data.Pairs().Train.Should().Equal("u1-i1", "u5-i5", "u6-i6");
        data.Report!.QuotedLines.Should().Be(new QuotedLines(4, 2, 5));
        data.Report.ToString().Should().Contain(
            "\n           4  lines within quoted fields, the longest from line 2 to 5; Quotes = false takes quotes as they are");
        data.Notes.Should().Contain("4 lines within quoted fields, the longest from line 2 to 5");
        Load(Text[..Text.IndexOf("u6", StringComparison.Ordinal)], new() { Quotes = false }).Report!.QuotedLines.Should().BeNull();
        Load("user,item\nu1,i1\n").Report!.QuotedLines.Should().BeNull();

        using TempFolder folder = new TempFolder().With("items.csv", Text);
        ItemTable items = ItemTable.LoadDelimited(folder["items.csv"], new() { Item = "item", Title = "title" });
        items.Report!.QuotedLines.Should().Be(new QuotedLines(4, 2, 5));
        items.Report.ToString().Should().Contain("4  lines within quoted fields, the longest from line 2 to 5; Quotes = false takes");

        Views.FormatError(() => Load("user,item,title\nu1,i1,\"Great lamp\nu2,i2,\"Chair\"\n")).Should().Be(
            "log.csv line 2: expected a separator after a closing quote in line 3, found 'u1,i1,\"Great lamp'.");
    }

    [Fact]
    public void A_last_line_that_is_torn_within_quotes_is_the_mistake_of_its_row()
    {
        const string Text = "user,item,title\n,i0,Pan\nu1,i1,Lamp\nu2,i2,\"Great chair\n";
        const string Torn = "log.csv line 4: expected a closing quote, found the end of the file after 'u2,i2,\"Great chair'. "
            + "DelimitedOptions.Quotes = false takes quotes as they are.";
        RecDataset data = Load(Text, options: AllTraining with { BadRows = BadRowHandling.Skip });
        data.Pairs().Train.Should().Equal("u1-i1");
        Load(Text + "\n\r\n", options: AllTraining with { BadRows = BadRowHandling.Skip }).Pairs().Train.Should().Equal("u1-i1");
        data.Report!.QuotedLines.Should().BeNull();
        data.Report.Mistakes.Select(m => (m.Kind, m.Count)).Should().Equal((RowMistakeKind.User, 1), (RowMistakeKind.Quotes, 1));
        FluentActions.Invoking(() => Load(Text)).Should().Throw<DatasetFormatException>().Which.Report!.Mistakes
            .Select(m => m.First[0].Message).Should().Equal("log.csv line 2: expected a user id, found a blank.", Torn);
        using TempFolder folder = new TempFolder().With("items.csv", Text);
        ItemTable.LoadDelimited(folder["items.csv"], new() { Item = "item", Title = "title" }, new() { BadRows = BadRowHandling.Skip })
            .Ids.Should().Equal("i0", "i1");
        Views.FormatError(() => Load(Text + "u3,i3,Table\n", options: AllTraining with { BadRows = BadRowHandling.Skip })).Should()
            .StartWith(Torn, "all lines after the quote would be lost");
        Views.FormatError(() => Load("u1,\"Big lamp\n", new() { HasHeader = false, User = 0, Item = 1 })).Should()
            .StartWith("log.csv line 1: expected a closing quote, found the end of the file after 'u1,\"Big lamp'.");
    }

    [Fact]
    public void A_mapping_file_says_so_too()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\n0\t0\n")
            .With("i_id_mapping.csv", "asin\titemID\n\"a\nb\"\t0\n");
        RecDataset.Load(folder.Path, options: AllTraining).Notes.Should()
            .Contain("i_id_mapping.csv: 1 line within quoted fields, the longest from line 2 to 3");
    }

    [Fact]
    public void Lines_and_quoted_fields_have_a_limit()
    {
        static void Read(string text)
        {
            var lines = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), "log.csv", LineReader.Utf8) { MaxLength = 5000 };
            using var rows = new DelimitedText(lines, "log.csv", ',', quoted: true, " Quotes = false takes quotes as they are.");
            while (rows.Read())
            {
            }
        }

        string longest = new('x', 4000);
        Read($"a,b\n{new string('x', 4998)},c\n");
        Views.FormatError(() => Read($"a,b\n{new string('x', 4999)},c\n")).Should()
            .Be("log.csv line 2: expected lines of at most 5,000 characters, found a longer one.");
        Views.FormatError(() => Read($"a,b\n{longest}{longest}{longest},c\n")).Should()
            .Be("log.csv line 2: expected lines of at most 5,000 characters, found a longer one.");
        Views.FormatError(() => Read($"a,b\nc,\"d\n{longest}\n{longest}\n\"")).Should().Be(
            "log.csv line 2: expected a closing quote within 5,000 characters, found none after 'c,\"d'. Quotes = false takes quotes as "
                + "they are.");
    }

    [Theory]
    [InlineData("\"a\"b,x")]
    [InlineData("\"a\"b")]
    [InlineData("\"a\"b,\"x,y\",z")]
    public void Without_a_header_the_first_line_too_may_be_skipped(string first)
    {
        string text = $"{first}\n\"c\"d,z\nann,y\n";
        var layout = new DelimitedOptions { HasHeader = false, User = 0, Item = 1 };
        RecDataset data = Load(text, layout, AllTraining with { BadRows = BadRowHandling.Skip });
        data.Pairs().Train.Should().Equal("ann-y");
        data.Report!.Mistakes.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Kind = RowMistakeKind.Quotes, Count = 2 });
        Views.FormatError(() => Load(text, layout)).Should().Be(
            $"log.csv line 1: expected a separator after a closing quote, found '{first}'.");
        using TempFolder folder = new TempFolder().With("items.csv", text);
        ItemTable.LoadDelimited(folder["items.csv"], new() { HasHeader = false, Item = 0, Title = 1 },
            new() { BadRows = BadRowHandling.Skip }).Ids.Should().Equal("ann");
    }

    [Fact]
    public void Without_a_header_rows_that_are_all_broken_are_told_so()
    {
        var layout = new DelimitedOptions { HasHeader = false, User = 0, Item = 1 };
        Views.FormatError(() => Load("u1,\"Big\" lamp\nu2,\"Big\" chair\n", layout)).Should().Be(
            "log.csv line 1: expected a separator after a closing quote, found 'u1,\"Big\" lamp'.");
        Views.FormatError(() => Load("\"a\"b,x\n", layout, AllTraining with { BadRows = BadRowHandling.Skip })).Should()
            .Contain("expected at least one interaction");
    }

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

    [Theory]
    [InlineData("us-ascii", "user,item\na,b\r\nc,?\n", 0xE9, 3, "E9 as number 3")]
    [InlineData("utf-16", "user,item\na,b\nc,?\n", 0xDC, 3, "3F as number 5")]
    [InlineData("utf-16", "user,item\na,b\nc,?\n", 0xD8, 3, "3F as number 5")]
    public void Bytes_that_are_no_text_of_any_encoding_are_named_with_their_line(
        string encoding, string text, byte wrong, int line, string found)
    {
        byte[] bytes = Encoding.GetEncoding(encoding).GetBytes(text);
        int at = Array.LastIndexOf(bytes, (byte)'?');
        bytes[encoding == "utf-16" ? at + 1 : at] = wrong; // Half of a surrogate pair, in UTF-16.
        using TempFolder folder = new TempFolder().With("log.csv", bytes);
        Views.FormatError(() => RecDataset.LoadDelimited(folder["log.csv"], new() { Encoding = encoding }, options: AllTraining))
            .Should().StartWith($"log.csv line {line}: expected text in the encoding {encoding}, found the byte {found} of the line.");
    }
}
