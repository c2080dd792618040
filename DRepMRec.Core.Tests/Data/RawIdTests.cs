using System.Globalization;
using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>Ids are any text that a file can hold; whole numbers of any length are in the order of their values.</summary>
public sealed class RawIdTests
{
    private static readonly DatasetOptions AllTraining = new() { Split = SplitStrategy.None };

    // By number, because an attribute can't hold such text.
    private static readonly (string Id, string Shown)[] Halves =
    [
        ("\uD800", "'\\ud800'"),
        ("\uDC00", "'\\udc00'"),
        ("a\uD83D", "'a\\ud83d'"),
        ("\uD83Dx", "'\\ud83dx'"),
        ("\uDE00\uD83D", "'\\ude00\\ud83d'"),
        ("\uD83D\uDE00\uD83D", "'\uD83D\uDE00\\ud83d'"),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Half_of_a_surrogate_pair_is_refused_wherever_an_id_comes_in(int number)
    {
        var (id, shown) = Halves[number];
        string found = $"found {shown}, which has half of a surrogate pair";
        Views.FormatError(() => RecDataset.FromInteractions("mine", [new("a", "a"), new(id, "a")], options: AllTraining)).Should()
            .Be($"interaction 2: expected a user id, {found}.");
        Views.FormatError(() => RecDataset.FromInteractions("mine", [new("a", id)], options: AllTraining)).Should()
            .Be($"interaction 1: expected an item id, {found}.");
        FluentActions.Invoking(() => new FeatureTable(Modality.Text, ["a", id], 1, new float[2])).Should().Throw<ArgumentException>()
            .WithMessage($"Modality text: the item id of row 1 must be Unicode text that isn't blank; {found}. (Parameter 'itemIds')");
        FluentActions.Invoking(() => new IdMap(["a", id])).Should().Throw<ArgumentException>()
            .WithMessage($"Id number 1 must be Unicode text that isn't blank; {found}. (Parameter 'ids')");
    }

    [Theory]
    [InlineData("""{"\ud800": [1]}""")]
    [InlineData("""{"u": ["\udc00"]}""")]
    [InlineData("""{"u": ["x\ud83d"]}""")]
    public void So_it_is_in_json(string json)
    {
        using TempFolder folder = new TempFolder().With("train.json", "\n" + json).With("val.json", "{}").With("test.json", "{}");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("train.json line 2: expected ids in UTF-8, found bytes that aren't, or an escape of half a surrogate pair.");
    }

    [Theory]
    [InlineData("\U0001F600")]
    [InlineData("漢字 \u0301")]
    [InlineData("null\0character")]
    [InlineData("\u202Eright to left")]
    [InlineData("\uFFFD")]
    public void Any_other_text_is_an_id_that_survives(string id)
    {
        using var folder = new TempFolder();
        RecDataset data = RecDataset.FromInteractions("mine", [new(id, id), new("b", id)], options: AllTraining);
        data.SaveMmrec(folder.Path);
        RecDataset again = RecDataset.Load(folder.Path);
        again.Users.Ids.Should().Equal(data.Users.Ids).And.Contain(id);
        again.SplitChecksum.Should().Be(data.SplitChecksum);
    }

    [Fact]
    public void A_blank_is_no_id()
    {
        foreach (string blank in new[] { "", " ", "\t", "\u00A0" })
        {
            FluentActions.Invoking(() => new IdMap(["a", blank])).Should().Throw<ArgumentException>()
                .WithMessage("Id number 1 must be Unicode text that isn't blank; found a blank. *");
        }
    }

    [Fact]
    public void Whole_numbers_of_any_length_ascend()
    {
        string[] ids = ["1999999999999999999", "9", "1212092628029698048", "10", "123456789012345678901234567890", "99999999999999999999",
            "0", "18446744073709551616"];
        string[] sorted = [.. ids.OrderBy(id => System.Numerics.BigInteger.Parse(id, CultureInfo.InvariantCulture))];

        RecDataset data = RecDataset.FromInteractions("mine", ids.Select(id => new Interaction(id, id)), options: AllTraining);
        data.Users.Ids.Should().Equal(sorted);
        data.Items.Ids.Should().Equal(sorted);
        data.Pairs().Train.Should().BeEquivalentTo(ids.Select(id => $"{id}-{id}"));
        RecDataset.FromInteractions("mine", [.. ids.Select(id => new Interaction(id, id)), new Interaction("07", "07")],
            options: AllTraining)
            .Users.Ids.Should().Equal([.. ids.Append("07").Order(StringComparer.Ordinal)], "07 isn't the only way to write the number 7");
    }

    [Fact]
    public void So_they_do_in_json()
    {
        const string Train =
            """{"1212092628029698048": [1999999999999999999, 1212092628029698048, 5], "7": ["123456789012345678901234567890"]}""";
        using TempFolder folder = new TempFolder().With("train.json", Train).With("val.json", """{"7": [5]}""")
            .With("test.json", """{"7": [1999999999999999999]}""");
        RecDataset data = RecDataset.Load(folder.Path);
        data.Items.Ids.Should().Equal("5", "1212092628029698048", "1999999999999999999", "123456789012345678901234567890");
        data.Users.Ids.Should().Equal("7", "1212092628029698048");
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("-1212092628029698048")]
    public void What_is_no_whole_number_in_json_is_refused(string number)
    {
        using TempFolder folder = new TempFolder().With("train.json", $"{{\"u\": [{number}]}}").With("val.json", "{}")
            .With("test.json", "{}");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be($"train.json line 1: expected a whole number or a string as item id of user 'u', found {number}.");
    }

    [Fact]
    public void Whole_numbers_that_no_row_can_have_are_beyond_the_last_row()
    {
        const string Long = "1212092628029698048";
        using TempFolder folder = new TempFolder().With("x.inter", $"userID\titemID\n0\t{Long}\n")
            .WithNpy("image_feat.npy", new float[,] { { 1 }, { 2 } });
        Views.FormatError(() => RecDataset.Load(folder.Path, options: AllTraining)).Should()
            .Be($"x.inter line 2: expected an item id from 0 to 1, because image_feat.npy has 2 rows; found '{Long}'.");
        folder.With("i_id_mapping.csv", $"asin\titemID\na\t0\nb\t1\nc\t{Long}\n");
        Views.FormatError(() => RecDataset.Load(folder.Path, options: AllTraining)).Should()
            .Be("image_feat.npy: expected more than 18 digits of rows for the items of i_id_mapping.csv, found 2.");
        File.Delete(folder["image_feat.npy"]);
        RecDataset.Load(folder.Path, options: AllTraining).Items.Ids.Should().Equal("a", "b", "c");
    }

    [Theory]
    [InlineData(".inter")]
    [InlineData(".INTER")]
    public void A_file_without_a_name_gives_the_dataset_that_of_its_folder(string file)
    {
        using TempFolder folder = new TempFolder().With(file, "userID\titemID\n0\t1\n").With(".csv", "user,item\na,b\n");
        RecDataset.Load(folder.Path, options: AllTraining).Name.Should().Be(Path.GetFileName(folder.Path));
        RecDataset.LoadDelimited(folder[".csv"], new(), options: AllTraining).Name.Should().Be(Path.GetFileName(folder.Path));
        RecDataset.LoadDelimited(folder[".csv"], new(), options: AllTraining with { Name = "mine" }).Name.Should().Be("mine");
        folder.With(file, "user_id:token\titem_id:token\n0\t1\n");
        RecDataset.LoadRecBole(folder.Path, options: AllTraining).Name.Should().Be(Path.GetFileName(folder.Path));
        FluentActions.Invoking(() => new DatasetOptions { Name = "" }).Should().Throw<ArgumentException>();
    }
}
