using System.Text;

namespace ReproduceResults.Reports;

/// <summary>A study's page: text, tables and pictures, as Markdown with PNG files beside it.</summary>
internal sealed class Report(CommandLine options)
{
    private readonly string _folder = Directory.CreateDirectory(options.Out!).FullName;
    private readonly string _name = $"{options.Study}-{options.Loss}";
    private readonly StringBuilder _text = new($"# {char.ToUpperInvariant(options.Study[0])}{options.Study[1..]} ({options.Loss})\n");

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
        draw(Path.Combine(_folder, file));
        _text.Append($"\n![{caption}]({file})\n");
    }

    /// <summary>Writes the page, and returns its path.</summary>
    public string Save()
    {
        string path = Path.Combine(_folder, $"{_name}.md");
        File.WriteAllText(path, _text.ToString());
        return path;
    }
}
