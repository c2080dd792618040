using System.Text.RegularExpressions;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Structure;

/// <summary>Text that a stranger can read.</summary>
public sealed partial class TextTests
{
    private const int MaxColumns = 140;

    [Theory]
    [InlineData("DRepMRec.Core")]
    [InlineData("DRepMRec.Core.Tests")]
    [InlineData("samples")]
    public void No_line_is_wider_than_140_columns(string folder)
    {
        IEnumerable<string> wide = Sources(folder)
            .SelectMany(file => File.ReadLines(file).Select((line, n) => (file, line, n)))
            .Where(l => l.line.Length > MaxColumns)
            .Select(l => $"{Path.GetRelativePath(Repository.Root, l.file)}:{l.n + 1} has {l.line.Length}");
        string.Join("\n", wide).Should().BeEmpty();
    }

    [Fact]
    public void Whatever_has_Dispose_is_disposable()
    {
        IEnumerable<string> types = typeof(DRepMRecModel).Assembly.GetTypes()
            .Where(t => t.GetMethod("Dispose", Type.EmptyTypes) is not null && !typeof(IDisposable).IsAssignableFrom(t))
            .Select(t => t.FullName!);
        string.Join("\n", types).Should().BeEmpty();
    }

    [Fact]
    public void Guards_in_methods_name_the_parameter()
    {
        // In an accessor the compiler gives them the property's name; in a method it would be the method's.
        IEnumerable<string> nameless = Sources("DRepMRec.Core").SelectMany(file => File.ReadLines(file)
            .Where(line => Guarded().IsMatch(line) && !line.Contains("init", StringComparison.Ordinal))
            .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        string.Join("\n", nameless).Should().BeEmpty();
    }

    [Fact]
    public void Files_are_touched_in_Internals_alone()
    {
        // There each step can be let fail in turn. Whether something exists is asked anywhere.
        IEnumerable<string> touches = Sources("DRepMRec.Core")
            .Where(file => !file.Contains(Path.Combine("DRepMRec.Core", "Internals"), StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Where(line => !Remark().IsMatch(line) && Touch().IsMatch(line))
                .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        string.Join("\n", touches).Should().BeEmpty();
        Touch().IsMatch("x = File.OpenRead(path);").Should().BeTrue();
        Touch().IsMatch("using var s = new FileStream(path, FileMode.Open);").Should().BeTrue();
        Touch().IsMatch("if (File.Exists(path) || Files.List(folder).Any())").Should().BeFalse();
    }

    [Fact]
    public void Loops_are_shared_in_one_way()
    {
        // But where the caller brings ParallelOptions.
        IEnumerable<string> others = Sources("DRepMRec.Core")
            .Where(file => !file.EndsWith("Recommender.Requests.cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Where(line => PoolLoop().IsMatch(line)).Select(line => $"{file}: {line.Trim()}"));
        string.Join("\n", others).Should().BeEmpty();
    }

    private static IEnumerable<string> Sources(string folder)
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !BuildOutput().IsMatch(file));

    [GeneratedRegex(@"Guard\.\w+\((?!value\))\w+\)")]
    private static partial Regex Guarded();

    [GeneratedRegex(@"\bParallel\.(For|Invoke)")]
    private static partial Regex PoolLoop();

    [GeneratedRegex(@"^\s*//")]
    private static partial Regex Remark();

    [GeneratedRegex(
        @"\b(File|Directory)\.(?!Exists\b|GetCurrentDirectory\b)\w|\bnew (FileStream|FileInfo|DirectoryInfo|FileSystemWatcher)\b"
            + @"|\bMemoryMappedFile\.|\bRandomAccess\.")]
    private static partial Regex Touch();

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex BuildOutput();
}
