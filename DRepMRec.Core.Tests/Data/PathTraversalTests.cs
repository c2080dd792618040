using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Data;

/// <summary>No name from a file or from a dataset becomes a path out of the folder that the caller named.</summary>
public sealed class PathTraversalTests
{
    [Theory]
    [InlineData("../../escaped", ".._.._escaped.inter")]
    [InlineData("/etc/escaped", "_etc_escaped.inter")]
    [InlineData("..\\..\\escaped", ".._.._escaped.inter")]
    [InlineData("C:escaped", "C_escaped.inter")]
    [InlineData("nul\0l", "nul_l.inter")]
    [InlineData("..", "...inter")]
    public void A_datasets_name_stays_in_the_folder(string name, string file)
    {
        using var outer = new TempFolder();
        string inner = Path.Combine(outer.Path, "a", "b");
        RecDataset board = Samples.Checkerboard(4, 6);
        new RecDataset(name, board.Users, board.Items, board.Splits, board.Features).SaveMmrec(inner);
        Directory.EnumerateFiles(outer.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(inner, f)).Should()
            .BeEquivalentTo(file, "image_feat.npy", "text_feat.npy", "u_id_mapping.csv", "i_id_mapping.csv");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("x/y")]
    [InlineData("x\\y")]
    [InlineData("x\0")]
    [InlineData("..")]
    public void A_modality_that_is_a_path_is_refused(string name)
        => FluentActions.Invoking(() => new Modality(name)).Should().Throw<ArgumentException>()
            .WithMessage("A modality's name has at most 64 letters, digits, '-' and '_'; got '*'.*");

    [Fact]
    public void A_modality_column_that_is_a_path_is_refused()
    {
        using var folder = new TempFolder();
        folder.With("x.inter", "user_id:token\titem_id:token\nu\ta\n").With("x.item", "item_id:token\t../../x:float_seq\na\t1 2\n");
        FluentActions.Invoking(() => RecDataset.LoadRecBole(folder["x.inter"])).Should().Throw<DatasetFormatException>()
            .WithMessage("x.item line 1: expected a float_seq column named by a modality *found '../../x:float_seq'.");
    }

    [Fact]
    public void What_a_model_file_says_of_its_dataset_is_text_and_nothing_else()
    {
        using var folder = new TempFolder();
        Recommender tiny = RecommenderTests.Tiny();
        new Recommender(tiny.Model with { Manifest = tiny.Manifest with { Dataset = "../../etc/passwd" } }).Save(folder["model"]);
        Recommender.Load(folder["model"]).Manifest.Dataset.Should().Be("../../etc/passwd");
        folder.Files().Should().Equal("model");
    }
}
