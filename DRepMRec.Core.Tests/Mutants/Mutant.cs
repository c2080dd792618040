using System.Text.Json;

namespace DRepMRec.Tests.Mutants;

/// <summary>A mistake that Stryker planted.</summary>
/// <param name="Id">Its number, by which it's switched on.</param>
/// <param name="Place">File and line.</param>
/// <param name="Kind">The mutator.</param>
/// <param name="Original">What stood there.</param>
/// <param name="Replacement">What stands there when it's switched on.</param>
internal sealed record Mutant(int Id, string Place, string Kind, string Original, string Replacement)
{
    /// <summary>Those of a folder or file of the library that compiled and weren't filtered out.</summary>
    public static IReadOnlyList<Mutant> Read(string report, string part)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(report));
        return
        [
            .. from file in document.RootElement.GetProperty("files").EnumerateObject()
               where $"/{file.Name}/".Contains($"/DRepMRec.Core/{part}/", StringComparison.Ordinal)
               let lines = file.Value.GetProperty("source").GetString()!.Split('\n')
               from mutant in file.Value.GetProperty("mutants").EnumerateArray()
               where mutant.GetProperty("status").GetString() is not ("CompileError" or "Ignored")
               let start = mutant.GetProperty("location").GetProperty("start")
               let end = mutant.GetProperty("location").GetProperty("end")
               select new Mutant(
                   int.Parse(mutant.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
                   $"{Path.GetFileName(file.Name)}:{start.GetProperty("line").GetInt32()}",
                   mutant.GetProperty("mutatorName").GetString()!,
                   Text(lines, start, end),
                   OneLine(mutant.GetProperty("replacement").GetString()!)),
        ];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Place} {Kind}: {Original} -> {Replacement}";

    private static string Text(string[] lines, JsonElement start, JsonElement end)
    {
        int first = start.GetProperty("line").GetInt32() - 1, last = end.GetProperty("line").GetInt32() - 1;
        int from = start.GetProperty("column").GetInt32() - 1, to = end.GetProperty("column").GetInt32() - 1;
        return OneLine(first == last ? lines[first][from..to]
            : string.Join(' ', [lines[first][from..], .. lines[(first + 1)..last], lines[last][..to]]));
    }

    private static string OneLine(string code)
    {
        string line = string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 90 ? line : line[..87] + "...";
    }
}
