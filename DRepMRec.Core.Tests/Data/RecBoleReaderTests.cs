using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class RecBoleReaderTests
{
    private const string Inter =
        """
        user_id:token	item_id:token	rating:float	timestamp:float	tags:token_seq
        u1	i2	5	100	a b
        u1	i1	4	101	
        u2	i2	3	102	c
        u2	i3	3	103	
        u1	i3	2	104	

        """;

    private const string Item =
        """
        item_id:token	title:token_seq	image_feat:float_seq	text:float_seq
        i9	a name	0.5 -1e1	
        i2	b	3 4	1 2 3
        i1	c	0 0	4 5 6

        """;

    private static string Error(string inter, string? item = null)
    {
        using TempFolder folder = new TempFolder().With("ml.inter", inter);
        if (item is not null)
            folder.With("ml.item", item);
        return Views.FormatError(() => RecDataset.LoadRecBole(folder.Path));
    }

    [Fact]
    public void Reads_interactions_and_features()
    {
        using TempFolder folder = new TempFolder().With("ml.inter", Inter).With("ml.item", Item);

        RecDataset data = RecDataset.Load(folder.Path, options: new() { Split = SplitStrategy.LeaveOneOut(byTime: true) });

        data.Name.Should().Be("ml");
        data.Users.Ids.Should().Equal("u1", "u2");
        data.Items.Ids.Should().Equal(["i1", "i2", "i3", "i9"], "i9 is known by its features");
        data.Pairs().Train.Should().Equal("u1-i2", "u2-i2");
        data.Pairs().Validation.Should().Equal("u1-i1");
        data.Pairs().Test.Should().Equal("u1-i3", "u2-i3");
        data.Features.Select(f => (f.Modality.Name, f.Dimension)).Should().Equal(("image", 2), ("text", 3));
        data.Features[0].Values.ToArray().Should().Equal(0, 0, 3, 4, 0, 0, 0.5f, -10);
        data.Features[0].Present.ToArray().Should().Equal([false, true, false, true], "zeros are no features, and i3 has none");
        data.Features[1].Present.ToArray().Should().Equal(true, true, false, false);
    }

    [Fact]
    public void Splits_at_random_unless_the_file_has_labels()
    {
        using TempFolder folder = new TempFolder()
            .With("ml.inter", "user_id:token\titem_id:token\tx_label:float\n1\t1\t0.0\n1\t2\t1.0\n1\t3\t2.0\n");

        RecDataset data = RecDataset.Load(folder.Path);

        data.Pairs().Test.Should().Equal("1-3");
    }

    [Theory]
    [InlineData("user_id:token\titem_id\n",
        "ml.inter line 1: expected columns named name:type with a type of token, float, token_seq, float_seq, found 'item_id'.")]
    [InlineData("user_id:token\tfloat\n",
        "ml.inter line 1: expected columns named name:type with a type of token, float, token_seq, float_seq, found 'float'.")]
    [InlineData("user_id:token\titem_id:text\n",
        "ml.inter line 1: expected columns named name:type with a type of token, float, token_seq, float_seq, found 'item_id:text'.")]
    [InlineData("user:token\titem_id:token\n",
        "ml.inter line 1: expected a column user_id:token or userID:token in the header, found 'user:token\\titem_id:token'.")]
    [InlineData("user_id:token\titem_id:token\n1\n",
        "ml.inter line 2: expected 2 tab-separated columns (user_id:token, item_id:token), found 1: '1'.")]
    [InlineData("user_id:token\titem_id:token\trating:float\n1\t2\tx\n", "ml.inter line 2: expected a number as rating:float, found 'x'.")]
    public void Says_what_is_wrong_with_the_interactions(string inter, string message) => Error(inter).Should().Be(message);

    [Theory]
    [InlineData("item_id:token\timage:float_seq\ni1\t1 2\ni2\t1\n",
        "ml.item line 3: expected 2 numbers in the column image as in the first item, found 1.")]
    [InlineData("item_id:token\timage:float_seq\ni1\t1 x\n",
        "ml.item line 2: expected numbers separated by spaces in the column image, found 'x'.")]
    [InlineData("item_id:token\timage:float_seq\ni1\t1\ni1\t2\n",
        "ml.item line 3: expected each item once; found 'i1', which is in line 2 already.")]
    [InlineData("item_id:token\timage:float_seq\n\t1\n", "ml.item line 2: expected an item id, found a blank.")]
    [InlineData("item_id:token\timage:float_seq\ni1\n",
        "ml.item line 2: expected 2 tab-separated columns (item_id:token, image:float_seq), found 1: 'i1'.")]
    [InlineData("id:token\timage:float_seq\ni1\t1\n",
        "ml.item line 1: expected a column item_id:token or itemID:token in the header, found 'id:token\\timage:float_seq'.")]
    [InlineData("item_id:token\tan image:float_seq\ni1\t1\n",
        "ml.item line 1: expected a float_seq column named by a modality (at most 64 letters, digits, '-' and '_'), found 'an "
        + "image:float_seq'.")]
    [InlineData("item_id:token\timage:float_seq\timage_feat:float_seq\ni1\t1\t1\n",
        "ml.item line 1: expected one column per modality, found image, image.")]
    public void Says_what_is_wrong_with_the_items(string item, string message) => Error(Inter, item).Should().Be(message);

    [Fact]
    public void Lines_of_items_that_cannot_be_read_are_skipped_as_those_of_interactions_are()
    {
        const string Wrong = "item_id:token\ttitle:token_seq\timage:float_seq\ttext:float_seq\n"
            + "i1\ta\t1 2\t3\ni2\ni1\tb\t5 6\t7\n\tc\t1 1\t1\ni2\td\t8\t9\ni3\te\t1 x\t4\n";
        using TempFolder folder = new TempFolder().With("ml.inter", Inter).With("ml.item", Wrong);
        RecDataset data = RecDataset.LoadRecBole(
            folder.Path, options: new() { Split = SplitStrategy.None, BadRows = BadRowHandling.Skip });
        data.Features[0].Values.ToArray().Should().Equal(1, 2, 0, 0, 0, 0);
        data.Features[1].Values.ToArray().Should().Equal(3, 9, 4);
        data.ItemTable!.Ids.Should().Equal("i1", "i2", "i3");
        data.Notes.Should().Contain("5 rows skipped among features, the first: ml.item line 3: expected 4 tab-separated columns "
            + "(item_id:token, title:token_seq, image:float_seq, text:float_seq), found 1: 'i2'.");
    }

    [Fact]
    public void A_header_in_the_midst_of_the_items_is_no_item()
    {
        const string Header = "item_id:token\ttitle:token_seq\timage:float_seq\n", Titles = "item_id:token\ttitle:token_seq\n";
        const string Again = "ml.item line 3: expected an item, found the header again: 'item_id:token\\ttitle:token_seq";
        var skip = new DatasetOptions { Split = SplitStrategy.None, BadRows = BadRowHandling.Skip };
        using TempFolder folder = new TempFolder().With("ml.inter", Inter)
            .With("ml.item", $"{Header}i1\ta\t1 2\n{Header}\uFEFF{Header}i2\tb\t3 4\n");
        Views.FormatError(() => RecDataset.LoadRecBole(folder.Path)).Should().StartWith(Again);
        RecDataset data = RecDataset.LoadRecBole(folder.Path, options: skip);
        data.ItemTable!.Ids.Should().Equal("i1", "i2");
        data.Report!.Mistakes.Select(m => (m.Kind, m.Count)).Should().Equal((RowMistakeKind.Header, 2));

        folder.With("ml.item", $"{Titles}i1\ta\n{Titles}i2\tb\n");
        FluentActions.Invoking(() => ItemTable.LoadRecBole(folder.Path)).Should().Throw<DatasetFormatException>()
            .Which.Message.Should().StartWith(Again);
        RecDataset.LoadRecBole(folder.Path, options: skip).ItemTable!.Ids.Should().Equal("i1", "i2");
    }

    [Fact]
    public void The_commonest_number_of_features_is_that_of_the_modality()
    {
        using TempFolder folder = new TempFolder().With("ml.inter", Inter)
            .With("ml.item", "item_id:token\timage:float_seq\ni1\t7\ni2\t1 2\ni3\t3 4\n");
        var options = new DatasetOptions { Split = SplitStrategy.None, BadRows = BadRowHandling.Skip };
        RecDataset data = RecDataset.LoadRecBole(folder.Path, options: options);
        data.Features.Single().Dimension.Should().Be(2);
        data.Features.Single().Present.ToArray().Should().Equal(false, true, true);
        data.Features.Single().Values.ToArray().Should().Equal(0, 0, 1, 2, 3, 4);
        data.Report!.Mistakes.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Kind = RowMistakeKind.Dimension, Count = 1, AcceptedBy = "DatasetOptions.BadRows = Skip" });
        data.Report.Mistakes[0].First.Single().ToString().Should()
            .Be("ml.item line 2: expected 2 numbers in the column image as in 2 items, found 1.");
    }

    [Fact]
    public void One_pass_finds_the_mistakes_of_interactions_and_of_features()
    {
        using TempFolder folder = new TempFolder().With("ml.inter", Inter + "u2\ti4\tgood\t105\t\n")
            .With("ml.item", "item_id:token\timage:float_seq\ni1\t1 x\ni2\ni2\t1 2\ni3\t1 y\ni1\t3 4\n");
        LoadReport report = FluentActions.Invoking(() => RecDataset.LoadRecBole(folder.Path)).Should().Throw<DatasetFormatException>()
            .WithMessage("ml.inter line 7: expected a number as rating:float, found 'good'.\n*").Which.Report!;
        report.Mistakes.Select(m => (m.Kind, m.Count)).Should().Equal((RowMistakeKind.Rating, 1), (RowMistakeKind.Number, 2),
            (RowMistakeKind.Columns, 1), (RowMistakeKind.RepeatedItem, 1));
        report.Mistakes[1].First.Select(p => (p.File, p.Line)).Should().Equal(("ml.item", 2), ("ml.item", 5));
        report.Mistakes.Should().OnlyContain(m => m.AcceptedBy.EndsWith("DatasetOptions.BadRows = Skip"));
        report.RowsWithMistakes.Should().Be(5);
    }

    [Fact]
    public void Reports_name_options_that_the_loader_has()
    {
        using TempFolder folder = new TempFolder().With("ml.item", "item_id:token\ttitle:token_seq\ni1\ta\ni1\tb\n")
            .With("ml.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\ti1\tx\t1\nu\ti1\t1\tx\nu\ti1\t1\t1\n");
        string[] AcceptedBy(LoadReport? report) => [.. report!.Mistakes.Select(m => m.AcceptedBy)];
        const string Skip = "DatasetOptions.BadRows = Skip";
        RecDataset data = RecDataset.LoadRecBole(folder.Path, options: new() { Split = SplitStrategy.None, BadRows = BadRowHandling.Skip });
        AcceptedBy(data.Report).Should().Equal(Skip, Skip);
        data.ItemTable!.Report!.Mistakes.Single().AcceptedBy.Should().Be(Skip);
        Interaction[] rows = [new("u", "a"), new("u", "b", Timestamp: double.NaN)];
        AcceptedBy(RecDataset.FromInteractions("x", rows, options: new() { Split = SplitStrategy.None, BadRows = BadRowHandling.Skip })
            .Report).Should().Equal(Skip);
    }
}
