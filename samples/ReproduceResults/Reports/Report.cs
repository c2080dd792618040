using System.Text;
using System.Text.RegularExpressions;

namespace ReproduceResults.Reports;

/// <summary>A page: text, tables and pictures, as Markdown with PNG files beside it.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="study">The study.</param>
/// <param name="part">What of it: a loss, or a dataset.</param>
internal sealed partial class Report(string folder, string study, string part)
{
    private readonly string _name = $"{study}-{part}";
    private readonly StringBuilder _text = new($"# {char.ToUpperInvariant(study[0])}{study[1..]} ({part})\n");

    public void Heading(string heading) => _text.Append($"\n## {heading}\n");

    public void Say(string paragraph) => _text.Append($"\n{paragraph}\n");

    /// <summary>Adds a table. The first column is text, the others are numbers.</summary>
    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        _text.Append($"\n| {string.Join(" | ", headers)} |\n| --- |{string.Concat(Enumerable.Repeat(" ---: |", headers.Count - 1))}\n");
        foreach (IReadOnlyList<string> row in rows)
            _text.Append($"| {string.Join(" | ", row)} |\n");
    }

    /// <summary>Has a picture drawn into a file beside the page.</summary>
    public void Picture(string picture, string caption, Action<string> draw)
    {
        string file = $"{_name}-{picture}.png";
        draw(Path.Combine(folder, file));
        _text.Append($"\n![{caption}]({file})\n");
    }

    /// <summary>The files of the pictures that a page shows.</summary>
    public static IEnumerable<string> PicturesOf(string page) => Shown().Matches(page).Select(match => match.Groups[1].Value);

    /// <summary>Writes the page, and returns its path.</summary>
    public string Save()
    {
        string path = Path.Combine(folder, $"{_name}.md");
        File.WriteAllText(path, _text.ToString());
        return path;
    }

    [GeneratedRegex(@"!\[[^]]*\]\(([^)]+)\)")]
    private static partial Regex Shown();
}
