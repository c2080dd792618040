using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class MmrecReaderTests
{
    private const string Inter =
        """
        userID	itemID	rating	timestamp	x_label
        0	2	5.0	100	0
        0	0	4.0	101	0
        2	0	3.0	102	0
        0	1	3.0	103	1
        2	4	1.5	104	2

        """;

    private static string Error(string inter, Action<TempFolder>? more = null, DatasetOptions? options = null)
    {
        using TempFolder folder = new TempFolder().With("baby.inter", inter);
        more?.Invoke(folder);
        return Views.FormatError(() => RecDataset.LoadMmrec(folder.Path, options: options));
    }

    [Fact]
    public void Reads_interactions_and_row_aligned_features()
    {
        using TempFolder folder = new TempFolder().With("baby.inter", Inter)
            .WithNpy("image_feat.npy", new float[,] { { 1, 2 }, { 0, 0 }, { 3, 4 }, { 5, 6 }, { float.NaN, 1 }, { 7, 8 } })
            .WithNpy("audio_feat.npy", new float[,] { { 1 }, { 2 }, { 3 }, { 4 }, { 5 } });

        RecDataset data = RecDataset.Load(folder.Path);

        data.Name.Should().Be("baby");
        data.Users.Ids.Should().Equal("0", "2");
        data.Items.Ids.Should().Equal(["0", "1", "2", "3", "4", "5"], "items 3 and 5 are known by their features");
        data.Pairs(data.Train).Should().Equal("0-0", "0-2", "2-0");
        data.Pairs(data.Validation).Should().Equal("0-1");
        data.Pairs(data.Test).Should().Equal("2-4");
        data.Features.Select(f => f.Modality).Should().Equal(Modality.Audio, Modality.Image);
        data.Features[1].Present.ToArray().Should().Equal(true, false, true, true, false, true);
        data.Features[1].Values.ToArray().Should().Equal(1, 2, 0, 0, 3, 4, 5, 6, 0, 0, 7, 8);
        data.Features[0].Present.ToArray().Should().Equal(true, true, true, true, true, false);
    }

    [Fact]
    public void Items_beyond_a_mapping_are_ordered_by_their_ids_and_not_by_rows()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\n0\t0\n0\t1\n")
            .With("i_id_mapping.csv", "asin\titemID\nz\t0\na\t1\n");
        foreach (string[] ids in new[] { new[] { "y", "a", "x" }, ["x", "y", "a"] })
        {
            var more = new FeatureTable(Modality.Text, ids, 1, new float[] { 1, 2, 3 });
            RecDataset.LoadMmrec(folder.Path, [more], new() { Split = SplitStrategy.None }).Items.Ids.Should().Equal("z", "a", "x", "y");
        }
    }

    [Fact]
    public void Numeric_ids_ascend_and_need_not_be_contiguous()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "itemID\tuserID\tx_label\n70\t10\t0\n9\t9\t1\n70\t9\t2\n");

        RecDataset data = RecDataset.Load(folder.Path);

        data.Users.Ids.Should().Equal("9", "10");
        data.Items.Ids.Should().Equal("9", "70");
    }

    [Fact]
    public void Other_ids_ascend_by_their_characters()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\tx_label\nzoe\t07\t0\n9\t3\t1\nzoe\tb\t2\n");

        RecDataset data = RecDataset.Load(folder.Path);

        data.Users.Ids.Should().Equal("9", "zoe");
        data.Items.Ids.Should().Equal(["07", "3", "b"], "07 isn't the only way to write the number 7");
    }

    [Fact]
    public void Reads_a_byte_order_mark_and_windows_line_ends()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "\uFEFF" + Inter.ReplaceLineEndings("\r\n"));

        RecDataset.Load(folder.Path).Train.Count.Should().Be(3);
    }

    [Fact]
    public void Mapping_files_give_the_raw_ids_back_in_the_order_of_the_rows()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\tx_label\n1\t2\t0\n1\t0\t1\n0\t0\t2\n")
            .With("u_id_mapping.csv", "user_id\tuserID\nA3\t1\nA7\t0\n")
            .With("i_id_mapping.csv", "asin\titemID\n30\t0\n20\t1\n\"a\tb\"\"\"\t2\n")
            .WithNpy("text_feat.npy", new float[,] { { 1 }, { 2 }, { 3 } });

        RecDataset data = RecDataset.Load(folder.Path);

        data.Users.Ids.Should().Equal("A7", "A3");
        data.Items.Ids.Should().Equal("30", "20", "a\tb\"");
        data.Pairs(data.Train).Should().Equal("A3-a\tb\"");
        data.Features[0].Values.ToArray().Should().Equal(1, 2, 3);
    }

    [Fact]
    public void A_minimum_rating_leaves_weaker_interactions_out()
    {
        using TempFolder folder = new TempFolder().With("baby.inter", Inter);

        RecDataset data = RecDataset.Load(folder.Path, options: new() { MinimumRating = 3, Split = SplitStrategy.None });

        data.Pairs(data.Train).Should().Equal("0-0", "0-1", "0-2", "2-0");
        data.Items.Ids.Should().Equal("0", "1", "2");
    }

    [Theory]
    [InlineData("", "baby.inter: expected a header line, found an empty file.")]
    [InlineData("\n\n", "baby.inter: expected a header line, found an empty file.")]
    [InlineData("userID\titemID\n", "baby.inter: expected at least one interaction, found none.")]
    [InlineData("user\titemID\n1\t2\n", "baby.inter line 1: expected a column userID or user_id in the header, found 'user\\titemID'.")]
    [InlineData("userID\titem\n1\t2\n", "baby.inter line 1: expected a column itemID or item_id in the header, found 'userID\\titem'.")]
    [InlineData("userID\titemID\tuserID\n1\t2\t1\n", "baby.inter line 1: expected each column once in the header, found 'userID' twice.")]
    [InlineData("userID\titemID\trating\ttimestamp\tx_label\n12\t7\t5.0\t0\t0\n\n12\t8\t5.0\n",
        "baby.inter line 4: expected 5 tab-separated columns (userID, itemID, rating, timestamp, x_label), found 3: '12\\t8\\t5.0'.")]
    [InlineData("userID\titemID\n1\t2\t3\n", "baby.inter line 2: expected 2 tab-separated columns (userID, itemID), found 3: '1\\t2\\t3'.")]
    [InlineData("userID\titemID\trating\n1\t2\tgood\n", "baby.inter line 2: expected a number as rating, found 'good'.")]
    [InlineData("userID\titemID\trating\n1\t2\t3,5\n", "baby.inter line 2: expected a number as rating, found '3,5'.")]
    [InlineData("userID\titemID\trating\n1\t2\tNaN\n", "baby.inter line 2: expected a number as rating, found 'NaN'.")]
    [InlineData("userID\titemID\ttimestamp\n1\t2\tnow\n", "baby.inter line 2: expected a number as timestamp, found 'now'.")]
    [InlineData("userID\titemID\tx_label\n1\t2\ttrain\n", "baby.inter line 2: expected a number as x_label, found 'train'.")]
    [InlineData("userID\titemID\tx_label\n1\t2\t0\n1\t3\t3\n",
        "baby.inter line 3: expected the label 0 (training), 1 (validation) or 2 (test), found 3.")]
    [InlineData("userID\titemID\tx_label\n1\t2\t0\n1\t3\t\n",
        "baby.inter line 3: expected the label 0 (training), 1 (validation) or 2 (test), found none.")]
    [InlineData("userID\titemID\n\t2\n", "baby.inter line 2: expected a user id, found a blank.")]
    [InlineData("userID\titemID\n1\t \n", "baby.inter line 2: expected an item id, found a blank.")]
    [InlineData("userID\titemID\n1\t2\n3\t2\n1\t2\n",
        "baby.inter line 4: expected each user-item pair once; found user '1' with item '2', which is in baby.inter line 2 already.")]
    [InlineData("userID\titemID\tx_label\n1\t2\t0\n1\t2\t2\n",
        "baby.inter line 3: expected each user-item pair once; found user '1' with item '2', which is in baby.inter line 2 already.")]
    [InlineData("userID\titemID\tx_label\n1\t2\t1\n1\t3\t2\n",
        "baby.inter: expected the split ByLabel to give training interactions; found none among 2.")]
    public void Says_what_is_wrong_and_where(string inter, string message) => Error(inter).Should().Be(message);

    [Fact]
    public void Refuses_bytes_that_are_no_text()
    {
        using TempFolder folder = new TempFolder().With("baby.inter", [.. "userID\titemID\n1\t"u8, 0xFF, 0xFE, (byte)'\n']);
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("baby.inter line 2: expected UTF-8 text, found the byte FF as number 3 of the line.");
    }

    [Fact]
    public void The_error_knows_its_file_and_line()
    {
        using TempFolder folder = new TempFolder().With("baby.inter", "userID\titemID\n1\n");
        Action load = () => RecDataset.LoadMmrec(folder["baby.inter"]);
        load.Should().ThrowExactly<DatasetFormatException>().Which.Should().Match<DatasetFormatException>(e => e.File == "baby.inter"
            && e.Line == 2);
    }

    [Fact]
    public void Refuses_features_that_do_not_cover_the_items()
        => Error(Inter, f => f.WithNpy("image_feat.npy", new float[,] { { 1 }, { 2 }, { 3 }, { 4 } }))
            .Should().Be("baby.inter line 6: expected an item id from 0 to 3, because image_feat.npy has 4 rows; found '4'.");

    [Fact]
    public void Refuses_features_when_item_ids_are_no_rows()
        => Error("userID\titemID\n1\tB07\n", f => f.WithNpy("image_feat.npy", new float[,] { { 1 } }))
            .Should().Be("baby.inter line 2: expected a whole number as item id, because it is the row in image_feat.npy; found 'B07'.");

    [Fact]
    public void Refuses_feature_files_that_are_no_modality()
    {
        Error(Inter, f => f.WithNpy("my image_feat.npy", new float[,] { { 1 } }))
            .Should().Be("my image_feat.npy: expected a modality's name of at most 64 letters, digits, '-' and '_' before '_feat.npy'.");
        Error(Inter, f => f.With("image_feat.npy", "no"))
            .Should().Be("image_feat.npy: expected a .npy file, which begins with the bytes 93 'NUMPY' and a version; found another "
                + "beginning.");
    }

    [Fact]
    public void Refuses_mapping_files_that_do_not_fit()
    {
        const string Rows = "userID\titemID\tx_label\n0\t0\t0\n0\t1\t1\n0\t2\t2\n";
        Error(Rows, f => f.With("i_id_mapping.csv", "asin\titemID\na\t0\nb\t1\n"))
            .Should().Be("baby.inter line 4: expected an itemID that i_id_mapping.csv has, found '2'.");
        Error(Rows, f => f.With("i_id_mapping.csv", "asin\titemID\na\t0\na\t1\n"))
            .Should().Be("i_id_mapping.csv line 3: expected each raw id and each itemID once, found 'a\\t1' after one of its two.");
        Error(Rows, f => f.With("i_id_mapping.csv", "asin\titemID\na\tx\n"))
            .Should().Be("i_id_mapping.csv line 2: expected a whole number as itemID, found 'x'.");
        Error(Rows, f => f.With("u_id_mapping.csv", "user\tid\n"))
            .Should().Be("u_id_mapping.csv line 1: expected a column userID in the header, found 'user\\tid'.");
        Error(Rows, f => f.With("i_id_mapping.csv", "asin\titemID\na\t0\nb\t1\nc\t2\n")
            .WithNpy("text_feat.npy", new float[,] { { 1 }, { 2 } }))
            .Should().Be("text_feat.npy: expected 3 rows for the items of i_id_mapping.csv, found 2.");
        Error(Rows, f => f.With("i_id_mapping.csv", "asin\titemID\na\t0\nb\t1\nc\t2\n")
            .WithNpy("text_feat.npy", new float[,] { { 1 }, { 2 }, { 3 }, { 4 } }))
            .Should().Be("text_feat.npy: expected rows for the items that i_id_mapping.csv has, found 4 rows; it has no itemID 3.");
    }

    [Theory]
    [InlineData(1, "test")]
    [InlineData(2, "validation")]
    public void A_split_that_promises_both_sets_refuses_labels_that_give_one(int label, string missing)
        => Error($"userID\titemID\tx_label\n1\t2\t0\n1\t3\t{label}\n", options: new() { Split = SplitStrategy.ByLabel() })
            .Should().Be($"baby.inter: expected the split ByLabel to give {missing} interactions; found none among 2.");

    [Fact]
    public void A_minimum_rating_needs_ratings()
        => Error("userID\titemID\trating\n1\t2\t\n", options: new() { MinimumRating = 3.5 })
            .Should().Be("baby.inter line 2: expected a rating, because a minimum of 3.5 is asked for; found none.");

    [Fact]
    public void Duplicates_can_be_dropped()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\tx_label\n1\t2\t0\n1\t3\t1\n1\t2\t2\n4\t2\t2\n");

        RecDataset data = RecDataset.Load(folder.Path, options: new() { Duplicates = DuplicateHandling.KeepFirst });

        data.Pairs().Train.Should().Equal("1-2");
        data.Pairs().Test.Should().Equal("4-2");
    }
}
