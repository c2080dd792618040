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
        RecDataset.Load(folder["a.inter"], new() { Name = "mine" }).Name.Should().Be("mine");
        Views.FormatError(() => RecDataset.LoadMmrec(folder.Path)).Should()
            .Be($"The folder '{folder.Path}' must hold one NAME.inter for the layout of MMRec.\nFound: a.inter, b.inter");
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
