using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.Tests.Data;

public sealed class MmrecRoundTripTests
{
    private static RecDataset Sample(string name = "shop") => RecDataset.FromInteractions(
        name,
        [new("Ann \"A\"", "tab\tid", Label: 0), new("Ann \"A\"", "7", Label: 1), new("ß", "7", Label: 0), new("ß", "héllo", Label: 2)],
        [
            new FeatureTable(Modality.Image, ["7", "only", "héllo"], 2, new float[] { 1, 2, 3, 4, 0, 0 }),
            new FeatureTable(Modality.Text, ["tab\tid"], 3, new float[] { 5, 6, 1e-20f }),
        ]);

    private static void ShouldEqual(RecDataset actual, RecDataset expected)
    {
        actual.Name.Should().Be(expected.Name);
        actual.Users.Ids.Should().Equal(expected.Users.Ids);
        actual.Items.Ids.Should().Equal(expected.Items.Ids);
        actual.SplitChecksum.Should().Be(expected.SplitChecksum);
        actual.Features.Select(f => f.Modality).Should().Equal(expected.Features.Select(f => f.Modality));
        for (int m = 0; m < actual.Features.Count; m++)
        {
            actual.Features[m].Dimension.Should().Be(expected.Features[m].Dimension);
            actual.Features[m].Values.SequenceEqual(expected.Features[m].Values).Should().BeTrue();
            actual.Features[m].Present.ToArray().Should().Equal(expected.Features[m].Present.ToArray());
        }
    }

    [Fact]
    public void What_is_saved_loads_again()
    {
        using var folder = new TempFolder();
        RecDataset data = Sample();

        data.SaveMmrec(folder["new/deep"]).Should().BeEmpty();

        ShouldEqual(RecDataset.Load(folder["new/deep"]), data);
    }

    [Fact]
    public void What_the_layout_has_no_place_for_is_said()
    {
        using var folder = new TempFolder();
        ItemTable items = ItemTable.Of(["a", "b"], ItemColumn.Title("title", ["Lamp", "Chair"]), ItemColumn.Number("price", [1, 2]));
        RecDataset data = RecDataset.FromInteractions("shop: 1", [new("u", "a"), new("u", "b")], [NumberEncoder.Fit(items).Encode(items)],
            new() { Split = SplitStrategy.None }, items);
        data.SaveMmrec(folder.Path).Should().Equal(
            "the name is written as 'shop_ 1', which any file system takes",
            "the raw fields of 2 items aren't written: 'title' (Title), 'price' (Number)",
            "what made the features of raw fields isn't written, of number: new items will need features");
        RecDataset loaded = RecDataset.Load(folder.Path);
        loaded.ItemTable.Should().BeNull();
        loaded.Features[0].Encoder.Should().BeNull();
    }

    [Fact]
    public void A_synthetic_dataset_loads_again()
    {
        using var folder = new TempFolder();
        RecDataset data = SyntheticDataset.Create(new() { Users = 60, Items = 80, Clusters = 5, MissingFeatureShare = 0.2 }).Data;

        data.SaveMmrec(folder.Path);

        ShouldEqual(RecDataset.Load(folder.Path), data);
    }

    [Fact]
    public void Other_tools_find_what_they_expect()
    {
        using var folder = new TempFolder();

        Sample().SaveMmrec(folder.Path);

        folder.Files().Should().Equal("i_id_mapping.csv", "image_feat.npy", "shop.inter", "text_feat.npy", "u_id_mapping.csv");
        File.ReadAllText(folder["shop.inter"]).Should().Be("userID\titemID\tx_label\n0\t3\t0\n1\t0\t0\n0\t0\t1\n1\t1\t2\n");
        File.ReadAllText(folder["u_id_mapping.csv"]).Should().Be("user_id\tuserID\n\"Ann \"\"A\"\"\"\t0\nß\t1\n");
        File.ReadAllText(folder["i_id_mapping.csv"]).Should().Be("asin\titemID\n7\t0\nhéllo\t1\nonly\t2\n\"tab\tid\"\t3\n");
    }

    [Fact]
    public void Refuses_to_overwrite_unless_asked()
    {
        using TempFolder folder = new TempFolder().With("notes.txt", "mine");
        Sample().SaveMmrec(folder.Path);

        Action again = () => Sample().SaveMmrec(folder.Path);

        again.Should().Throw<IOException>()
            .WithMessage($"The folder '{folder.Path}' holds a dataset already (i_id_mapping.csv, image_feat.npy, shop.inter, "
            + $"text_feat.npy, u_id_mapping.csv); pass overwrite: true to replace it.");
        Sample().SaveMmrec(folder.Path, overwrite: true);
        ShouldEqual(RecDataset.Load(folder.Path), Sample());
    }

    [Fact]
    public void Refuses_to_mix_with_another_dataset()
    {
        using TempFolder folder = new TempFolder().WithNpy("audio_feat.npy", new float[,] { { 1 } });

        Action save = () => Sample().SaveMmrec(folder.Path, overwrite: true);

        save.Should().Throw<IOException>()
            .WithMessage($"The folder '{folder.Path}' holds files of another dataset, which would be read as part of this one: "
            + $"audio_feat.npy.");
        folder.Files().Should().Equal("audio_feat.npy");
    }

    [Fact]
    public void A_failure_leaves_the_folder_as_it_was()
    {
        using var folder = new TempFolder();
        RecDataset data = RecDataset.FromInteractions("x", [new("u", "a\rb")], options: new() { Split = SplitStrategy.None });

        Action save = () => data.SaveMmrec(folder.Path);

        save.Should().Throw<InvalidOperationException>()
            .WithMessage("A raw id with a carriage return can't be written to a mapping file; got 'a\\rb'.");
        folder.Files().Should().BeEmpty();
    }

    [Fact]
    public void A_name_that_no_file_can_have_is_changed()
    {
        using var folder = new TempFolder();
        Sample("a/b: c?").SaveMmrec(folder.Path);
        folder.Files().Should().Contain("a_b_ c_.inter");
    }
}
