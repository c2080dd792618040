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

    private static IEnumerable<string> Sources(string folder)
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !BuildOutput().IsMatch(file));

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex BuildOutput();
}
