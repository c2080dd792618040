using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>What a user brings is used, refused, or named by the summary.</summary>
public sealed class UnreadInputTests
{
    private const string Json = """{"0": [0, 1]}""";

    private static string MmrecRows(string label) => $"userID\titemID\t{label}\n0\t0\t0\n0\t1\t1\n0\t2\t2\n1\t2\t0\n";

    private static string RecBoleRows(string label) => $"user_id:token\titem_id:token\t{label}\nu\ta\t0\nu\tb\t1\nu\tc\t2\nv\tc\t0\n";

    private static RecDataset Load(TempFolder folder, DatasetOptions? options = null)
    {
        using (folder)
            return RecDataset.Load(folder.Path, options: options);
    }

    private static IReadOnlyList<string> Notes(TempFolder folder, DatasetOptions? options = null) => Load(folder, options)
        .Summarize().Notes;

    [Theory]
    [InlineData("x_label")]
    [InlineData("x_label ")]
    [InlineData(" x_label")]
    [InlineData("X_Label")]
    [InlineData("X_LABEL ")]
    [InlineData("\u00A0x_label")]
    [InlineData("x_label\u200B")]
    [InlineData("x-label")]
    [InlineData("x label")]
    [InlineData("xLabel")]
    public void A_column_of_labels_is_found_however_it_is_spelled(string label)
    {
        RecDataset mmrec = Load(new TempFolder().With("x.inter", MmrecRows(label)));
        RecDataset recbole = Load(new TempFolder().With("x.inter", RecBoleRows(label + ":float")));
        RecDataset typed = Load(new TempFolder().With("x.inter", RecBoleRows(label + " : FLOAT ")));

        (mmrec.Pairs().Validation, mmrec.Pairs().Test).Should().BeEquivalentTo((new[] { "0-1" }, new[] { "0-2" }));
        (recbole.Pairs().Validation, recbole.Pairs().Test).Should().BeEquivalentTo((new[] { "u-b" }, new[] { "u-c" }));
        typed.SplitChecksum.Should().Be(recbole.SplitChecksum);
        mmrec.Summarize().Notes.Should().BeEmpty();
        recbole.Summarize().Notes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("USERID\t Item_ID \tx_label")]
    [InlineData("user id\titem-id\tX_label")]
    public void So_are_those_of_users_and_items(string header)
        => Load(new TempFolder().With("x.inter", header + "\n0\t0\t0\n0\t1\t1\n0\t2\t2\n")).Pairs().Test.Should().Equal("0-2");

    [Theory]
    [InlineData("userID\titemID\tx_label\tX_label", "x_label", "'x_label' and 'X_label'")]
    [InlineData("userID\titemID\tx label\tx-label", "x_label", "'x label' and 'x-label'")]
    [InlineData("userID\tuser_id\titemID\tx_label", "userID", "'userID' and 'user_id'")]
    [InlineData("userID\titemID\trating\trating ", "rating", "'rating' and 'rating '")]
    public void Two_columns_that_mean_the_same_are_refused(string header, string name, string found)
    {
        using TempFolder folder = new TempFolder().With("x.inter", header + "\n0\t0\t0\t0\n");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be($"x.inter line 1: expected one column {name} in the header, found {found}, which mean the same.");
    }

    [Theory]
    [InlineData("x_label:float_seq", "x_label")]
    [InlineData("X_label:token_seq", "x_label")]
    [InlineData("timestamp:float_seq", "timestamp")]
    [InlineData("rating:token_seq", "rating")]
    public void A_column_of_another_type_is_refused(string label, string name)
    {
        using TempFolder folder = new TempFolder().With("x.inter", RecBoleRows(label));
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be($"x.inter line 1: expected the column {name} as {name}:float or {name}:token, found '{label}'.");
    }

    [Fact]
    public void A_column_of_labels_without_any_is_not_split_at_random()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\tx_label\n0\t0\t\n0\t1\t\n");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("x.inter line 2: expected the label 0 (training), 1 (validation) or 2 (test), found none.");
        RecDataset.Load(folder.Path, options: new() { Split = SplitStrategy.None }).Train.Count.Should().Be(2);
    }

    [Fact]
    public void A_delimited_file_with_labels_that_nobody_named_is_refused()
    {
        using TempFolder folder = new TempFolder().With("log.csv", "User, item ,X_label\na,x,0\na,y,1\na,z,2\n");
        string file = folder["log.csv"];

        Views.FormatError(() => RecDataset.LoadDelimited(file, new())).Should().Be(
            "log.csv line 1: expected to be told what the column 'X_label' is: name it as DelimitedOptions.Label to take its split, or "
                + "set DatasetOptions.Split to split otherwise.");
        RecDataset.LoadDelimited(file, new() { Label = "x_label" }).Pairs().Test.Should().Equal("a-z");
        RecDataset.LoadDelimited(file, new(), options: new() { Split = SplitStrategy.None }).Summarize().Notes.Should()
            .Equal("1 column of log.csv not read: X_label");
    }

    [Fact]
    public void A_delimited_file_whose_column_was_named_exactly_may_have_others_like_it()
    {
        using TempFolder folder = new TempFolder().With("log.csv", "user,User,item\na,b,x\n");
        RecDataset data = RecDataset.LoadDelimited(folder["log.csv"], new() { User = "User" },
            options: new() { Split = SplitStrategy.None });
        data.Pairs().Train.Should().Equal("b-x");
        data.Summarize().Notes.Should().Equal("1 column of log.csv not read: user");
        Views.FormatError(() => RecDataset.LoadDelimited(folder["log.csv"], new() { User = "USER" })).Should()
            .Be("log.csv line 1: expected one column USER in the header, found 'user' and 'User', which mean the same.");
    }

    [Fact]
    public void Columns_that_nothing_reads_are_named()
    {
        const string Rows = "userID\titemID\trating\ttimestamp\tprice\t\n0\t0\t5\t1\t9\t\n0\t1\t4\t2\t9\t\n0\t2\t4\t3\t9\t\n";
        Notes(new TempFolder().With("x.inter", Rows), new() { Split = SplitStrategy.None }).Should().Equal(
            "2 columns of x.inter not read: price, (without a name)",
            "ratings not read: only MinimumRating reads them",
            "timestamps not read: the split None needs none");
        Notes(new TempFolder().With("x.inter", Rows), new() { Split = SplitStrategy.LeaveOneOut(byTime: true), MinimumRating = 4 }).Should()
            .Equal(
            "2 columns of x.inter not read: price, (without a name)");
        Interaction[] timed = [.. Enumerable.Range(0, 300).Select(n => new Interaction($"{n / 10}", $"{n % 10}", Timestamp: n))];
        foreach (SplitStrategy read in new[] { SplitStrategy.GlobalTime(), SplitStrategy.PerUserTime() })
            RecDataset.FromInteractions("mine", timed, options: new() { Split = read }).Summarize().Notes.Should().BeEmpty();
    }

    [Fact]
    public void Labels_and_splits_that_were_not_asked_for_are_named()
    {
        Notes(new TempFolder().With("x.inter", MmrecRows("x_label")), new() { Split = SplitStrategy.RandomPerUser(0, 0.3) }).Should().Equal(
            "labels not read: the split RandomPerUser(0, 0.3) was asked for");
        IEnumerable<Interaction> log = Enumerable.Range(0, 300).Select(n => new Interaction($"{n / 10}", $"{n % 10}"));
        RecDataset.FromInteractions("mine", log).Summarize().Notes.Should()
            .Equal("no labels were found: split by RandomPerUser(0.1, 0.1) with the seed 2024");
        RecDataset.FromInteractions("mine", [new("u", "a", Label: 0)]).Summarize().Notes.Should()
            .Equal("the labels give no validation interactions", "the labels give no test interactions");
    }

    [Fact]
    public void Interactions_that_are_left_out_are_counted()
    {
        var options = new DatasetOptions { Split = SplitStrategy.None, MinimumRating = 3, Duplicates = DuplicateHandling.KeepFirst };
        RecDataset.FromInteractions("mine", [new("u", "a", 5), new("u", "a", 4), new("u", "b", 1), new("v", "b", 2)], options: options)
            .Summarize().Notes.Should().Equal(
            "2 interactions with a rating below 3 were left out",
            "1 interactions of a pair that occurred before were left out");
        Views.FormatError(() => RecDataset.FromInteractions("mine", [new("u", "a", 1)], options: options)).Should()
            .Be("expected at least one interaction, found none; 1 interactions with a rating below 3 were left out.");
    }

    [Fact]
    public void Files_that_the_layout_does_not_read_are_named()
    {
        Notes(new TempFolder().With("x.inter", MmrecRows("x_label")).With("image.npy", "").With("x.item", "").With("notes\u001b.txt", ""))
            .Should().Equal(
            "3 files of the folder not read: image.npy, notes\\u001b.txt, x.item");
        Notes(new TempFolder().With("x.inter", RecBoleRows("x_label:float")).With("image_feat.npy", "").With("y.item", "")).Should().Equal(
            "2 files of the folder not read: image_feat.npy, y.item");
        Notes(new TempFolder().With("train.json", Json).With("val.json", """{"0": [2]}""").With("test.json", """{"0": [3]}""")
            .With("valid.json", Json)).Should().Equal(
            "1 file of the folder not read: valid.json");
    }

    [Fact]
    public void Columns_of_items_are_read_and_blank_ones_named()
    {
        Load(new TempFolder().With("x.inter", RecBoleRows("x_label:float")).With("x.item", "item_id:token\ttitle:token_seq\na\tone\n"))
            .ItemTable!["title"]!.TextOf(0).Should().Be("one");
        const string Items =
            "item_id:token\ttitle:token_seq\timage_FEAT:Float_Seq\ttext:float_seq\na\tone\t1 2\t\nb\t\t3 4\t\nc\t\t5 6\t\n";
        RecDataset data = Load(new TempFolder().With("x.inter", RecBoleRows("x_label:float")).With("X.ITEM", Items));
        data.Features.Select(f => f.Modality).Should().Equal(Modality.Image);
        data.Summarize().Notes.Should()
            .Equal("the column text of X.ITEM is blank in every line");
    }

    [Fact]
    public void Files_are_found_whatever_their_case()
    {
        RecDataset data = Load(new TempFolder().With("X.Inter", MmrecRows("x_label"))
            .With("I_ID_mapping.CSV", "asin\titemID\na\t0\nb\t1\nc\t2\n")
            .WithNpy("Image_Feat.NPY", new float[,] { { 1 }, { 2 }, { 3 } }));
        (data.Name, data.Items.Ids.Count, data.Features.Single().PresentCount).Should().Be(("X", 3, 3));
        data.Pairs().Test.Should().Equal("0-c");
        data.Summarize().Notes.Should().BeEmpty();

        using TempFolder both = new TempFolder().With("x.inter", MmrecRows("x_label")).With("I_id_mapping.csv", "")
            .With("i_ID_mapping.csv", "");
        Views.FormatError(() => RecDataset.Load(both.Path)).Should()
            .Be($"expected one file i_id_mapping.csv in the folder {both.Path}, found I_id_mapping.csv, i_ID_mapping.csv.");
        Load(new TempFolder().With("Train.json", Json).With("VAL.json", """{"0": [2]}""")
            .With("test.JSON", """{"0": [3]}""")).Test.Count.Should().Be(1);
    }

    [Fact]
    public void The_summary_shows_the_notes()
    {
        using TempFolder folder = new TempFolder().With("x.inter", MmrecRows("x_label")).With("readme.md", "");
        RecDataset.Load(folder.Path).Summarize().ToString().Should().EndWith("\n  note        1 file of the folder not read: readme.md");
    }
}
