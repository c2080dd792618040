using System.Text;
using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class LatticeReaderTests
{
    private static TempFolder Folder(string train, string validation = """{"0": [1]}""", string test = """{"7": [2]}""")
        => new TempFolder().With("train.json", train).With("val.json", validation).With("test.json", test);

    private static string Error(string train)
    {
        using TempFolder folder = Folder(train);
        return Views.FormatError(() => RecDataset.LoadLattice(folder.Path));
    }

    [Fact]
    public void Reads_three_lists_and_features()
    {
        using TempFolder folder = Folder("""{"0": [0, 2], "3": [], "1": ["0"]}""")
            .WithNpy("text_feat.npy", new float[,] { { 1 }, { 2 }, { 3 }, { 4 } });

        RecDataset data = RecDataset.Load(folder.Path);

        data.Name.Should().Be(Path.GetFileName(folder.Path));
        data.Users.Ids.Should().Equal(["0", "1", "3", "7"], "users without interactions are users");
        data.Items.Ids.Should().Equal("0", "1", "2", "3");
        data.Pairs().Train.Should().Equal("0-0", "0-2", "1-0");
        data.Pairs().Validation.Should().Equal("0-1");
        data.Pairs().Test.Should().Equal("7-2");
        data.Features.Single().Values.ToArray().Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void Reads_files_that_are_larger_than_the_buffer()
    {
        const int Users = 300, ItemsEach = 100;
        var json = new StringBuilder("\uFEFF{");
        for (int u = 0; u < Users; u++)
            json.Append(u == 0 ? "\n" : ",\n").Append($"\"{u}\": [{string.Join(",  ", Enumerable.Range(u, ItemsEach))}]");
        using TempFolder folder = Folder(json.Append("\n}").ToString(), """{"0": [200]}""", """{"0": [201]}""");

        RecDataset data = RecDataset.LoadLattice(folder.Path);

        data.Train.Count.Should().Be(Users * ItemsEach);
        data.Train.ItemsOf(299).ToArray().Should().Equal(Enumerable.Range(299, ItemsEach));
    }

    [Fact]
    public void Counts_lines_across_buffers()
    {
        string padding = string.Concat(Enumerable.Range(0, 20_000).Select(u => $"\"{u}\": [0],\n"));
        Error("{\n" + padding + "\"x\": [1.5]}").Should()
            .Be("train.json line 20002: expected a whole number or a string as item id of user 'x', found 1.5.");
        Error("{\n" + padding + "\"x\": [1,}").Should()
            .Be("train.json line 20002: expected a JSON object of users with lists of items, found JSON that is broken.");
    }

    [Theory]
    [InlineData("", "train.json line 1: expected a JSON object of users with lists of items, found an empty file.")]
    [InlineData("[1]", "train.json line 1: expected a JSON object of users with lists of items, found a list.")]
    [InlineData("{\"0\": [1],\n\"1\": 2}", "train.json line 2: expected a list of items for user '1', found a number.")]
    [InlineData("{\"0\": [[1]]}", "train.json line 1: expected item ids in the list of user '0', found a list.")]
    [InlineData("{\"0\": [null]}", "train.json line 1: expected item ids in the list of user '0', found null.")]
    [InlineData("{\"0\": {\"a\": 1}}", "train.json line 1: expected a list of items for user '0', found an object.")]
    [InlineData("{\"0\": [-1]}", "train.json line 1: expected a whole number or a string as item id of user '0', found -1.")]
    [InlineData("{\" \": [1]}", "train.json line 1: expected a user id, found a blank.")]
    [InlineData("{\"0\": [\"\"]}", "train.json line 1: expected an item id, found a blank.")]
    [InlineData("{\"0\": [0],\n\"0\": [0]}",
        "train.json line 2: expected each user-item pair once; found user '0' with item '0', which is in train.json line 1 already.")]
    [InlineData("{\"7\": [2]}",
        "test.json line 1: expected each user-item pair once; found user '7' with item '2', which is in train.json line 1 already.")]
    [InlineData("{}", "train.json, val.json, test.json: expected the split ByLabel to give training interactions; found none among 2.")]
    [InlineData("{\"0\": [1", "train.json line 1: expected a JSON object of users with lists of items, found JSON that is broken.")]
    [InlineData("{\"0\": [0]} more", "train.json line 1: expected a JSON object of users with lists of items, found JSON that is broken.")]
    public void Says_what_is_wrong_and_where(string train, string message) => Error(train).Should().Be(message);

    [Fact]
    public void Entries_of_lists_that_are_no_ids_are_skipped_and_counted_if_asked()
    {
        const string Train = """{"0": [1, null, 12.0], "1": [true, 2], " ": [1, 2]}""";
        using TempFolder folder = new TempFolder().With("train.json", """{"0": [1, null]}""");
        var options = new DatasetOptions { Split = SplitStrategy.None, BadRows = BadRowHandling.Skip };
        RecDataset one = RecDataset.LoadLattice(folder.Path, options: options);
        (one.Train.Count, one.Report!.RowsRead, one.Report.RowsWithMistakes).Should().Be((1, 2L, 1L));
        RecDataset data = RecDataset.LoadLattice(folder.With("train.json", Train).Path, options: options);
        data.Pairs().Train.Should().Equal("0-1", "1-2");
        data.Users.Ids.Should().Equal("0", "1");
        data.Report!.Mistakes.Select(m => (m.Kind, m.Count)).Should().Equal((RowMistakeKind.Item, 3), (RowMistakeKind.User, 2));
        FluentActions.Invoking(() => RecDataset.LoadLattice(folder.Path, options: options with { BadRows = BadRowHandling.Stop })).Should()
            .Throw<DatasetFormatException>().Which.Report!.Mistakes.Should().BeEquivalentTo(data.Report.Mistakes);
    }

    [Fact]
    public void Needs_all_three_files_unless_the_split_does_not()
    {
        using TempFolder folder = Folder("""{"0": [0, 2, 3, 4]}""");
        File.Delete(folder["val.json"]);

        Views.FormatError(() => RecDataset.LoadLattice(folder.Path, options: new() { Split = SplitStrategy.ByLabel() })).Should()
            .Be($"expected train.json, val.json, test.json in the folder '{folder.Path}', found no val.json.");
        RecDataset.LoadLattice(folder.Path, options: new() { Split = SplitStrategy.ByLabel(allowMissing: true) })
            .Validation.Count.Should().Be(0);
        RecDataset.LoadLattice(folder.Path, options: new() { Split = SplitStrategy.ByLabel(validationShare: 0.5) })
            .Validation.Count.Should().Be(2);
        RecDataset.LoadLattice(folder.Path, options: new() { Split = SplitStrategy.None }).Train.Count.Should().Be(5);
        RecDataset.LoadLattice(folder.Path).Test.Count.Should().Be(1);
        File.Delete(folder["test.json"]);
        Views.FormatError(() => RecDataset.LoadLattice(folder.Path)).Should().EndWith("found no test.json.");
    }

    [Fact]
    public void Refuses_features_that_do_not_cover_the_items()
    {
        using TempFolder folder = Folder("{\n\"0\": [0, 2]}").WithNpy("image_feat.npy", new float[,] { { 1 }, { 2 } });
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("train.json line 2: expected an item id from 0 to 1, because image_feat.npy has 2 rows; found '2'.");
        RecDataset data = RecDataset.Load(folder.Path, options: new() { BadRows = BadRowHandling.Skip });
        data.ToInteractions().Select(i => (i.User, i.Item)).Should().Equal(("0", "0"), ("0", "1"));
        data.Items.Ids.Should().Equal("0", "1");
        data.Users.Ids.Should().Equal(["0", "7"], "the files name them");
        data.Report!.Mistakes.Select(m => (m.Kind, m.Count)).Should().Equal((RowMistakeKind.Item, 2));
    }

    [Fact]
    public void What_is_wrong_with_a_row_is_said_before_what_the_features_lack()
    {
        using TempFolder folder = Folder("{\n\"0\": [0, null],\n\"1\": [2]}").WithNpy("image_feat.npy", new float[,] { { 1 }, { 2 } });
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .StartWith("train.json line 2: expected").And.NotContain("rows; found");
    }
}
