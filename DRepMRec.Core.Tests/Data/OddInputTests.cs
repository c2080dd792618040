using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>Files and options that are a little off: used, refused with a reason, or named by the summary.</summary>
public sealed class OddInputTests
{
    private static readonly DatasetOptions AllTraining = new() { Split = SplitStrategy.None };

    private static IReadOnlyList<string> Notes(string text, DelimitedOptions layout)
    {
        using TempFolder folder = new TempFolder().With("log.csv", text);
        return RecDataset.LoadDelimited(folder["log.csv"], layout, options: AllTraining).Summarize().Notes;
    }

    [Theory]
    [InlineData("\nuser_id:token\titem_id:token\nu\ta\n", "u-a")]
    [InlineData("\r\n\r\nuser_id:token\titem_id:token\r\nu\ta\r\n", "u-a")]
    [InlineData("\n\nuserID\titemID\n0\t1\n", "0-1")]
    public void Empty_lines_before_a_header_do_not_hide_the_layout(string text, string pair)
    {
        using TempFolder folder = new TempFolder().With("x.inter", text);
        RecDataset.Load(folder.Path, options: AllTraining).Pairs().Train.Should().Equal(pair);
    }

    [Fact]
    public void Separators_at_the_end_of_lines_make_columns_without_a_name()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\t\t\n0\t1\t\t\n");
        RecDataset.Load(folder.Path, options: AllTraining).Summarize().Notes.Should()
            .Equal("2 columns of x.inter not read: (without a name), (without a name)");
    }

    [Theory]
    [InlineData(10_000, "")]
    [InlineData(10_000, "c")]
    public void A_header_of_many_columns_takes_memory_in_proportion_to_its_length(int columns, string prefix)
    {
        IEnumerable<string> names = Enumerable.Range(0, columns).Select(n => prefix.Length == 0 ? "" : prefix + n);
        string header = "userID\titemID\t" + string.Join('\t', names);
        using TempFolder folder = new TempFolder().With("x.inter", header + "\n0\t1\n");
        FluentActions.Invoking(() => RecDataset.Load(folder.Path)).Should().Throw<DatasetFormatException>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => RecDataset.Load(folder.Path)).Should().Throw<DatasetFormatException>();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(400_000 + (100L * header.Length));
    }

    [Fact]
    public void Without_a_header_columns_that_nothing_reads_are_named_by_position()
    {
        var layout = new DelimitedOptions { HasHeader = false, User = 0, Item = 2 };
        Notes("u,5,a,9\nv,4,a,9\n", layout).Should().Equal("2 columns of log.csv not read, by position from 0: 1, 3");
        Notes("u,5,a\n", layout).Should().Equal("1 column of log.csv not read, by position from 0: 1");
        Notes("u,a\n", layout with { Item = 1 }).Should().BeEmpty();
    }

    [Theory]
    [InlineData("user", "USER", "item", "items, found 'USER', which is that of the users")]
    [InlineData("user", "item", "item", "timestamps, found 'item', which is that of the items")]
    public void Two_columns_that_are_one_are_refused(string user, string item, string time, string found)
    {
        using TempFolder folder = new TempFolder().With("log.csv", "user,item\n1,2\n");
        var layout = new DelimitedOptions { User = user, Item = item, Timestamp = time };
        Views.FormatError(() => RecDataset.LoadDelimited(folder["log.csv"], layout)).Should()
            .Be($"log.csv line 1: expected a column of its own for the {found}.");
    }

    [Theory]
    [InlineData("userID\titemID\n0\t1\nuserID\titemID\n0\t2\n", "userID\\titemID")]
    [InlineData("user_id:token\titem_id:token\nu\t1\nuser_id:token\titem_id:token\nu\t2\n", "user_id:token\\titem_id:token")]
    [InlineData("\uFEFFuserID\titemID\n0\t1\n\uFEFFuserID\titemID\n0\t2\n", "\\ufeffuserID\\titemID")]
    [InlineData("user_id:token\titem_id:token\nu\t1\n\uFEFFuser_id:token\titem_id:token\nu\t2\n",
        "\\ufeffuser_id:token\\titem_id:token")]
    public void A_header_in_the_midst_of_a_file_is_no_interaction(string text, string shown)
    {
        using TempFolder folder = new TempFolder().With("x.inter", text);
        Views.FormatError(() => RecDataset.Load(folder.Path, options: AllTraining)).Should()
            .Be($"x.inter line 3: expected an interaction, found the header again: '{shown}'.");
    }

    [Theory]
    [InlineData("customer,product")]
    [InlineData("\"customer\",\"product\"")]
    public void Nor_is_one_behind_the_byte_order_mark_of_a_joined_file(string header)
    {
        using TempFolder folder = new TempFolder()
            .With("log.csv", $"\uFEFF{header}\nann,lamp\n\uFEFF{header}\nbob,rug\n\uFEFFcustomer,rug\n");
        var layout = new DelimitedOptions { User = "customer", Item = "product" };
        DatasetOptions skip = AllTraining with { BadRows = BadRowHandling.Skip };
        RecDataset data = RecDataset.LoadDelimited(folder["log.csv"], layout, options: skip);
        data.Pairs().Train.Should().BeEquivalentTo("ann-lamp", "bob-rug", "\uFEFFcustomer-rug");
        data.Report!.Mistakes.Select(m => (m.Kind, m.Count, m.First[0].Line)).Should().Equal((RowMistakeKind.Header, 1, 3));
        ItemTable items = ItemTable.LoadDelimited(folder["log.csv"], new() { Item = "customer", Title = "product" },
            new() { BadRows = BadRowHandling.Skip });
        items.Ids.Should().Equal("ann", "bob", "\uFEFFcustomer");
        items.Report!.Mistakes.Single().Kind.Should().Be(RowMistakeKind.Header);
    }

    [Fact]
    public void Folders_within_the_folder_are_named()
    {
        using TempFolder mmrec = new TempFolder().With("x.inter", "userID\titemID\n0\t1\n");
        Directory.CreateDirectory(mmrec["features"]);
        Directory.CreateDirectory(mmrec["image_feat.npy"]);
        RecDataset.Load(mmrec.Path, options: AllTraining).Summarize().Notes.Should()
            .Equal("2 folders of the folder not read: features, image_feat.npy");
    }

    [Fact]
    public void Ids_that_differ_in_spelling_alone_are_counted()
    {
        Interaction[] log =
        [
            new("7", "x"), new("007", "X\u200B"), new("+7", "x"), new("7.0", "x"), new("8", "x"), new("u\u00A0", "x"), new("U", "x"),
            new("10", "0"), new("100", "00"), new("-7", "y\uFFFE"),
        ];
        RecDataset data = RecDataset.FromInteractions("mine", log, options: AllTraining);
        data.Users.Count.Should().Be(10);
        data.Summarize().Notes.Should().Equal(
            "users: 4 ids differ from another one by blanks, case, Unicode form, leading zeros, '+' or '.0' alone, such as '7' and '007'; "
                + "each counts by itself",
            "items: 2 ids differ from another one by blanks, case, Unicode form, leading zeros, '+' or '.0' alone, such as "
                + "'x' and 'X\\u200b'; each counts by itself");
    }

    [Fact]
    public void Repeated_pairs_that_say_something_else_are_counted()
    {
        var options = new DatasetOptions { Duplicates = DuplicateHandling.KeepFirst };
        Interaction[] log =
        [
            new("u", "a", Label: 0), new("u", "a", Label: 2), new("u", "b", Label: 0), new("u", "b", Label: 0),
            new("u", "c", Timestamp: 1, Label: 0), new("u", "c", Timestamp: 2, Label: 0),
        ];
        RecDataset.FromInteractions("mine", log, options: options).Summarize().Notes[0].Should().Be(
            "3 interactions of a pair that occurred before were left out, 2 of them with another label or timestamp: those of the first "
                + "row count");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_minimum_rating_that_is_no_number_is_refused(double minimum)
        => FluentActions.Invoking(() => new DatasetOptions { MinimumRating = minimum }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("MinimumRating must be finite.*");

    [Fact]
    public void What_is_no_file_or_no_table_is_refused()
    {
        using var folder = new TempFolder();
        FluentActions.Invoking(() => RecDataset.LoadDelimited(folder.Path, new())).Should().Throw<DatasetFormatException>()
            .WithMessage("*: expected a delimited file, found a folder.");
        FluentActions.Invoking(() => RecDataset.LoadDelimited(folder["none.csv"], new())).Should().Throw<FileNotFoundException>();
        FluentActions.Invoking(() => RecDataset.FromInteractions("mine", [new("u", "a")], [null!])).Should().Throw<ArgumentException>()
            .WithMessage("Each table of features must be one; got null.*");
    }
}
