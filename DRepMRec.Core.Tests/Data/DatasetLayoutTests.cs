using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class DatasetLayoutTests
{
    private const string LookedFor =
        """
        Looked for:
          MMRec: one NAME.inter whose header names the columns userID and itemID, with MODALITY_feat.npy beside it
          RecBole: one NAME.inter whose header has name:type columns, with NAME.item beside it
          LATTICE, MMSSL: train.json, val.json and test.json, with MODALITY_feat.npy beside them
        """;

    private const string Mmrec = "userID\titemID\tx_label\n0\t0\t0\n0\t1\t1\n0\t2\t2\n";

    [Fact]
    public void Says_what_was_looked_for_when_nothing_fits()
    {
        using TempFolder folder = new TempFolder().With("readme.txt", "").With("data.csv", "");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should().Be(
            $"The folder '{folder.Path}' holds no dataset in a layout that is known.\n{LookedFor}\nFound: data.csv, readme.txt");
        using var empty = new TempFolder();
        Views.FormatError(() => RecDataset.Load(empty.Path)).Should().EndWith("\nFound: nothing");
    }

    [Fact]
    public void Says_what_was_found_when_several_fit()
    {
        using TempFolder folder = new TempFolder().With("a.inter", Mmrec).With("train.json", "{}");
        Views.FormatError(() => RecDataset.Load(folder.Path)).Should().Be(
            $"The folder '{folder.Path}' holds more than one dataset; name the .inter file, or call the loader of the "
                + $"layout.\n{LookedFor}\nFound: a.inter, train.json");
    }

    [Fact]
    public void A_file_chooses_among_several()
    {
        using TempFolder folder = new TempFolder().With("a.inter", Mmrec)
            .With("b.inter", Mmrec.Replace("userID\titemID\tx_label", "user_id:token\titem_id:token\tx_label:float",
            StringComparison.Ordinal));

        RecDataset.Load(folder["a.inter"]).Name.Should().Be("a");
        RecDataset.Load(folder["b.inter"]).Name.Should().Be("b");
        RecDataset.Load(folder["a.inter"], options: new() { Name = "mine" }).Name.Should().Be("mine");
        Views.FormatError(() => RecDataset.LoadMmrec(folder.Path)).Should()
            .Be($"The folder '{folder.Path}' must hold one NAME.inter for the layout of MMRec.\nFound: a.inter, b.inter");
    }

    [Fact]
    public void Every_layout_takes_features_and_items_beside_its_files()
    {
        using TempFolder mmrec = new TempFolder().With("a.inter", Mmrec);
        using TempFolder recbole = new TempFolder().With("b.inter", "user_id:token\titem_id:token\tx_label:float\n0\t0\t0\n0\t1\t2\n")
            .With("b.item", "item_id:token\ttitle:token\tprice_feat:float_seq\n0\tLamp\t1 2\n");
        using TempFolder lattice = new TempFolder().With("train.json", """{"0": [0]}""").With("test.json", """{"0": [1]}""");
        ItemTable items = ItemTable.Of(["0", "1"], ItemColumn.Title("title", ["a", "b"]));
        FeatureTable[] features = [new(Modality.Audio, ["0", "1"], 1, new float[] { 1, 2 })];
        RecDataset[] all =
        [
            RecDataset.LoadMmrec(mmrec.Path, features, items: items), RecDataset.Load(mmrec.Path, features, items: items),
            RecDataset.LoadRecBole(recbole.Path, features, items: items), RecDataset.Load(recbole.Path, features, items: items),
            RecDataset.LoadLattice(lattice.Path, features, items: items), RecDataset.Load(lattice.Path, features, items: items),
        ];
        all.Should().OnlyContain(data => ReferenceEquals(data.ItemTable, items));
        all.Select(data => string.Join(' ', data.Features.Select(f => f.Modality))).Should()
            .Equal("audio", "audio", "audio price", "audio price", "audio", "audio");
        all[0].Report!.Items!.Both.Should().Be(2);
        RecDataset.LoadMmrec(mmrec.Path).ItemTable.Should().BeNull();
        RecDataset.LoadRecBole(recbole.Path).ItemTable!["title"]!.TextOf(0).Should().Be("Lamp");
        FeatureTable[] twice = [new(new Modality("price"), ["0"], 1, new float[] { 1 })];
        FluentActions.Invoking(() => RecDataset.LoadRecBole(recbole.Path, twice)).Should().Throw<ArgumentException>()
            .WithMessage("Each modality must occur once; got 2 tables of 'price'.*");
    }

    [Fact]
    public void Says_when_there_is_nothing_or_another_kind_of_file()
    {
        using TempFolder folder = new TempFolder().With("data.csv", "");
        Action nothing = () => RecDataset.Load(folder["no"]);
        nothing.Should().Throw<DirectoryNotFoundException>()
            .WithMessage($"Expected a dataset's folder or its .inter file at '{folder["no"]}'; there is nothing.");
        Views.FormatError(() => RecDataset.Load(folder["data.csv"])).Should()
            .Be($"'{folder["data.csv"]}' isn't a dataset in a layout that is known; expected a folder or a .inter file.\n{LookedFor}");
    }
}
