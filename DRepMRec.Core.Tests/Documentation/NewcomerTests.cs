using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Documentation;

/// <summary>The first examples of docs/your-own-data.md, run as they stand, in a folder with a shop's irregular data.</summary>
public sealed class NewcomerTests
{
    [Fact]
    public void The_first_example_has_at_most_twelve_lines()
    {
        string source = File.ReadAllText(Path.Combine(
            Repository.Root, "DRepMRec.Core.Tests", "Documentation", "YourOwnDataExample.cs")).ReplaceLineEndings("\n");
        string example = source.Split("// from two files\n")[1].Split("// to the end")[0];
        example.TrimEnd().Split('\n').Should().HaveCountLessThanOrEqualTo(12);
    }

    [Fact]
    public async Task From_two_files_and_from_a_database_to_the_same_model_with_titles()
    {
        using TempFolder files = new TempFolder().AsCsv(), database = new TempFolder().AsDatabase();
        string said = await OwnProcess.RunAsync(files.Path, "shop", "files");
        said.Should().Contain("44 rows read, 41 items").And.Contain("pictures not found, such as 'p4.png', 'p8.png', 'p12.png'")
            .And.Contain("an item that occurred before; accepted by ItemTableOptions.BadRows = Skip")
            .And.Contain("no weight from 1E-20 to 1E+20; accepted by DatasetOptions.BadRows = Skip")
            .And.Contain("left out: 1 item that isn't in the catalogue, such as 'gift-card'")
            .And.MatchRegex("\n-?\\d\\.\\d\\d (Red|Blue) (lamp|chair|rug|vase), \"no. \\d+\"\n");
        (await OwnProcess.RunAsync(database.Path, "shop", "database")).Should().Contain("43 rows read, 41 items");

        Recommender one = Recommender.Load(files["shop.drepmrec"]), two = Recommender.Load(database["shop.drepmrec"]);
        one.Manifest.SplitChecksum.Should().Be(two.Manifest.SplitChecksum);
        one.Recommend("c7").Should().Equal(two.Recommend("c7"));
        foreach (string id in new[] { "p3", "p4", "p40" })
            one.Metadata![id]!.ToDictionary().Should().BeEquivalentTo(two.Metadata![id]!.ToDictionary());
        one.Metadata!["p4"]!.Text("picture").Should().Be("p4.png");
        one.Encoders.Select(e => e.Modality.Name).Should().Equal("category", "number", "text");
        Recommender more = YourOwnDataExample.NewProduct(one);
        more.Metadata!["p-new"]!.Text("title").Should().Be("Blue garden lamp");
        more.Items.Contains("p-new").Should().BeTrue();
    }
}
