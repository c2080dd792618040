using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Documentation;

/// <summary>Code in the documentation is compiled: each block is found, line by line, in a file that is.</summary>
public sealed class CodeBlockTests
{
    [Theory]
    [InlineData("README.md", "samples/FirstExample,DRepMRec.Core.Tests/Documentation,samples/PlugIntoYourRecommender")]
    [InlineData("docs/changing-data.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/configuration.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/plugging-in-bma.md", "samples/PlugIntoYourRecommender")]
    [InlineData("docs/operations.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/item-to-item.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/reliability.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/scale.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/serving.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/export.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/comparing-models.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/requests.md", "DRepMRec.Core.Tests/Documentation")]
    [InlineData("docs/your-own-data.md", "DRepMRec.Core.Tests/Documentation")]
    public void Every_block_stands_in_a_compiled_file(string document, string sources)
    {
        string[] files = [.. sources.Split(',').SelectMany(s => Directory.GetFiles(Path.Combine(Repository.Root, s), "*.cs"))
            .Select(f => Joined(File.ReadLines(f)))];
        List<string> blocks = Blocks(Path.Combine(Repository.Root, document));
        blocks.Should().NotBeEmpty();
        foreach (string block in blocks)
        {
            files.Should().Contain(f => f.Contains(block, StringComparison.Ordinal),
                "{0} has the code\n{1}\nwhich no file of {2} has", document, block, sources);
        }
    }

    [Fact]
    public void Every_page_is_in_the_table_of_contents()
    {
        string docs = Path.Combine(Repository.Root, "docs");
        string[] listed = [.. File.ReadLines(Path.Combine(docs, "toc.yml")).Select(line => line.Trim())
            .Where(line => line.StartsWith("href: ", StringComparison.Ordinal)).Select(line => line[6..])];
        listed.Should().OnlyHaveUniqueItems().And.Contain(
            Directory.GetFiles(docs, "*.md").Select(Path.GetFileName).Where(page => page != "index.md"));
        listed.Where(page => !page.StartsWith("../artifacts/", StringComparison.Ordinal))
            .Should().OnlyContain(page => File.Exists(Path.Combine(docs, page)));
    }

    private static List<string> Blocks(string document)
    {
        List<string> blocks = [], current = [];
        bool inside = false;
        foreach (string line in File.ReadLines(document))
        {
            if (inside && line.StartsWith("```", StringComparison.Ordinal))
            {
                blocks.Add(Joined(current));
                inside = false;
            }
            else if (inside)
            {
                current.Add(line);
            }
            else if (line == "```csharp")
            {
                current.Clear();
                inside = true;
            }
        }

        return blocks;
    }

    /// <summary>The lines without indentation, blank lines and what a comment at the end of a line says.</summary>
    private static string Joined(IEnumerable<string> lines) => "\n" + string.Join('\n', lines
        .Select(l => (l.IndexOf(" // ", StringComparison.Ordinal) is > 0 and int at ? l[..at] : l).Trim())
        .Where(l => l.Length > 0)) + "\n";
}
