using System.Text;
using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Tests.Data;

/// <summary>Messages say where, are short, and have nothing in them that a terminal or a log would act on.</summary>
public sealed class MessageTests
{
    private const string Wild = "a\u001b[31mred\nX\u202E\u2028\u0085\r\t";
    private const string Shown = "a\\u001b[31mred\\nX\\u202e\\u2028\\u0085\\r\\t";

    private static string Checked(string message)
    {
        message.Length.Should().BeLessThan(4000);
        message.Where(c => char.IsControl(c) && c != '\n').Should().BeEmpty();
        message.Should().NotContain("red\n").And.NotContain("\u202E").And.NotContain("\u2028");
        return message;
    }

    [Fact]
    public void Names_of_files_are_escaped()
    {
        using TempFolder folder = new TempFolder().With(Wild, "");
        Checked(Views.FormatError(() => RecDataset.Load(folder.Path))).Should().EndWith($"\nFound: {Shown}");
        using TempFolder feature = new TempFolder().With("x.inter", "userID\titemID\n0\t0\n").With(Wild + "_feat.npy", "");
        Checked(Views.FormatError(() => RecDataset.Load(feature.Path))).Should().StartWith($"{Shown}_feat.npy: expected a modality's name");
        using TempFolder inter = new TempFolder().With(Wild + ".inter", "userID\titemID\n0\t\n");
        Checked(Views.FormatError(() => RecDataset.Load(inter.Path))).Should()
            .Be($"{Shown}.inter line 2: expected an item id, found a blank.");
        Checked(FluentActions.Invoking(() => RecDataset.Load(folder["no\u001b"])).Should()
            .Throw<DirectoryNotFoundException>().Which.Message).Should().Contain("no\\u001b'");
        FluentActions.Invoking(() => RecDataset.LoadMmrec(inter[Wild + ".inter"])).Should().Throw<DatasetFormatException>()
            .Which.File.Should().Be(Wild + ".inter", "a program wants the name as it is");
    }

    [Fact]
    public void Many_long_names_are_cut()
    {
        using var folder = new TempFolder();
        for (int i = 0; i < 21; i++)
            folder.With(new string((char)('a' + i), 250) + ".txt", "");
        Checked(Views.FormatError(() => RecDataset.Load(folder.Path))).Should().Contain("Found: aaa").And.Contain("…");
        using var escapes = new TempFolder();
        for (int i = 0; i < 40; i++)
            escapes.With(new string('\u0001', 200) + i, "");
        Checked(Views.FormatError(() => RecDataset.Load(escapes.Path)));
    }

    [Fact]
    public void Everything_that_is_quoted_from_input_is_escaped()
    {
        Interaction[] twice = [new(Wild, Wild), new(Wild, Wild)];
        Checked(Views.FormatError(() => RecDataset.FromInteractions("mine", twice)))
            .Should().Contain($"user '{Shown}' with item '{Shown}'");
        Checked(FluentActions.Invoking(() => new IdMap([Wild, Wild])).Should().Throw<ArgumentException>().Which.Message);
        Checked(FluentActions.Invoking(() => new IdMap(["a"]).IndexOf(Wild)).Should().Throw<KeyNotFoundException>().Which.Message);
        Checked(FluentActions.Invoking(() => new FeatureTable(Modality.Text, [Wild, Wild], 1, new float[2])).Should()
            .Throw<ArgumentException>().Which.Message);
        Checked(FluentActions.Invoking(() => RankingMetric.Parse(Wild)).Should().Throw<FormatException>().Which.Message);
        Checked(FluentActions.Invoking(() => new Modality(Wild)).Should().Throw<ArgumentException>().Which.Message);
        Checked(new DatasetFormatException(new string('\u0007', 3000), "file").Message);
        Checked(new DatasetFormatException(Wild[..5], Wild, 3).Message).Should().Be($"{Shown} line 3: a\\u001b[31");

        string names = string.Join(',', Enumerable.Range(0, 400).Select(i => $"{i}\u0001\u202E"));
        using TempFolder folder = new TempFolder().With("x.csv", $"user,item,{names}\na\n").With("y.csv", $"{names}\na\n")
            .With("z.csv", "user\u0001item\na\n");
        Checked(Views.FormatError(() => RecDataset.LoadDelimited(folder["x.csv"], new())));
        Checked(Views.FormatError(() => RecDataset.LoadDelimited(folder["y.csv"], new() { User = Wild })));
        Checked(Views.FormatError(() => RecDataset.LoadDelimited(folder["z.csv"], new() { Separator = '\u0001' })))
            .Should().Contain("expected 2 '\\u0001'-separated columns");
        foreach (string note in RecDataset.LoadDelimited(folder.With("w.csv", $"user,item,{names}\na,b{new string(',', 400)}\n")["w.csv"],
            new(), options: new() { Split = SplitStrategy.None }).Summarize().Notes)
            Checked(note);
    }

    [Theory]
    [InlineData("user,item\na,b\ncaf\u00E9,c\n", 3, "E9 as number 4")]
    [InlineData("caf\u00E9,item\n", 1, "E9 as number 4")]
    [InlineData("user,item\r\na,b\r\n\r\nx,\u00FF\r\n", 4, "FF as number 3")]
    [InlineData("user,item\ra,b\r\u00C3", 3, "C3 as number 1")]
    [InlineData("user,item\n\"a\nb\",\u00E9x\n", 3, "E9 as number 4")]
    public void Bytes_that_are_no_text_are_reported_with_their_line(string latin, int line, string found)
    {
        using TempFolder folder = new TempFolder().With("x.csv", Encoding.Latin1.GetBytes(latin));
        Views.FormatError(() => RecDataset.LoadDelimited(folder["x.csv"], new())).Should()
            .Be($"x.csv line {line}: expected UTF-8 text, found the byte {found} of the line. "
                + "DelimitedOptions.Encoding names another encoding.");
    }

    [Fact]
    public void So_they_are_far_down_in_a_large_file_and_in_every_kind_of_file()
    {
        byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(n => $"{n}\tü{n}\t0\n")));
        using TempFolder folder = new TempFolder()
            .With("x.inter", [.. "userID\titemID\tx_label\n"u8, .. rows, 0x41, 0xC3, 0x28, 0x0A, .. rows]);
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("x.inter line 50002: expected UTF-8 text, found the byte C3 as number 2 of the line.");

        folder.With("x.inter", "userID\titemID\n0\t0\n").With("i_id_mapping.csv", [.. "asin\titemID\n"u8, 0xFE, (byte)'\t', (byte)'0']);
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("i_id_mapping.csv line 2: expected UTF-8 text, found the byte FE as number 1 of the line.");
        File.Delete(folder["i_id_mapping.csv"]);
        folder.With("x.inter", "user_id:token\titem_id:token\n0\t0\n")
            .With("x.item", [.. "item_id:token\timage:float_seq\n0\t1\n1\t"u8, 0x80]);
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should()
            .Be("x.item line 3: expected UTF-8 text, found the byte 80 as number 3 of the line.");
        folder.With("train.json", [.. "{\n\"u\": [\""u8, 0xE9, .. "\"]}"u8]).With("val.json", "{}").With("test.json", "{}");
        Views.FormatError(() => RecDataset.LoadLattice(folder.Path)).Should()
            .Be("train.json line 2: expected ids in UTF-8, found bytes that aren't, or an escape of half a surrogate pair.");
    }

    [Theory]
    [InlineData("5\0")]
    [InlineData("0\0\0")]
    public void A_number_with_zero_characters_is_none(string number)
    {
        using TempFolder folder = new TempFolder().With("x.inter", $"userID\titemID\tx_label\n0\t0\t{number}\n");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should().StartWith("x.inter line 2: expected a number as x_label, found '");
        folder.With("x.inter", "user_id:token\titem_id:token\n0\t0\n").With("x.item", $"item_id:token\timage:float_seq\n0\t1 {number}\n");
        Views.FormatError(() => RecDataset.Load(folder.Path))
            .Should().StartWith("x.item line 2: expected numbers separated by spaces in the column image, found '");
    }
}
