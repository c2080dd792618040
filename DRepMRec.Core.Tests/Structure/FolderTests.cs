using System.Text.RegularExpressions;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Structure;

/// <summary>
/// The folders of the library lie one above the other: a file uses types of its own folder and of those below, never of one above.
/// </summary>
public sealed partial class FolderTests
{
    // From floor to roof; docs/architecture.md says what each is for.
    private static readonly string[] Folders =
    [
        "Internals", "Serialization", "Collectives", "Kernels", "Data", "Graphs", "Features", "Evaluation", "ItemToItem", "Losses",
        "Fusions", "Abstractions", "Encoders", "Hosts", "Baselines", "Alignment", "Model", "Serving", "Hosting", "Export", "Training",
        "Contracts", "Configuration",
    ];

    private static readonly string Library = Path.Combine(Repository.Root, "DRepMRec.Core");

    private static readonly IReadOnlyList<(string Folder, string File, string Code)> Files =
    [
        .. Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Library, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => (folder, Path.GetRelativePath(Library, file), Bare(File.ReadAllText(file))))),
    ];

    [Fact]
    public void Every_folder_has_its_place()
        => Directory.GetDirectories(Library).Select(Path.GetFileName).Except(["bin", "obj", "buildTransitive"])
            .Should().BeEquivalentTo(Folders);

    [Fact]
    public void No_arrow_points_upwards()
    {
        Dictionary<string, string> homes = Files
            .SelectMany(f => Declaration().Matches(f.Code).Select(m => (Type: m.Groups[1].Value, f.Folder)))
            .DistinctBy(d => d.Type).ToDictionary(d => d.Type, d => d.Folder);
        homes.Should().HaveCountGreaterThan(200);
        var arrows = from file in Files
                     let own = OwnName().Matches(file.Code).Select(m => m.Value)
                     from name in Name().Matches(Member().Replace(file.Code, "")).Select(m => m.Value).Except(own)
                     where homes.TryGetValue(name, out string? home) && Array.IndexOf(Folders, home) > Array.IndexOf(Folders, file.Folder)
                     select $"{file.File} uses {name} of {homes[name]}";
        string.Join("\n", arrows).Should().BeEmpty("folders are listed from floor to roof: {0}", string.Join(", ", Folders));
    }

    [Fact]
    public void An_arrow_upwards_would_be_found()
    {
        Bare("namespace DRepMRec.Kernels; // Trainer\nclass A { string s = \"Trainer\"; DRepMRec.Training.Trainer t; }")
            .Should().Contain(" Trainer t").And.NotContain("// Trainer").And.NotContain("\"Trainer\"");
        Declaration().Matches("public sealed partial class Trainer\n{").Single().Groups[1].Value.Should().Be("Trainer");
    }

    /// <summary>The code without comments, texts, usings and the namespaces before names.</summary>
    private static string Bare(string source) => Qualifier().Replace(Text().Replace(Comment().Replace(source, ""), ""), "");

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(""""("""(?s:.*?)"""|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*")"""")]
    private static partial Regex Text();

    [GeneratedRegex(@"^using [\w. =]+;|\bDRepMRec\.(?:\w+\.)*", RegexOptions.Multiline)]
    private static partial Regex Qualifier();

    // Names that follow a dot or stand for members.
    [GeneratedRegex(@"(?<![\w.])(?:[A-Z]\w*)(?=\s*(?:\{ get|=> |= |\?\? |;))|(?<=\w\.)[A-Z]\w*")]
    private static partial Regex Member();

    [GeneratedRegex(
        @"^(?:public |internal |static |sealed |abstract |partial |readonly |unsafe |ref )*"
            + @"(?:class|interface|enum|record struct|record|struct) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // Names of the file's own constants, fields, methods and local functions.
    [GeneratedRegex(@"(?<=\b(?:int|long|float|double|bool|void|string|Tensor|const int) )[A-Z]\w*|(?<=, )[A-Z]\w*(?= = )")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Name();
}
