using System.Text.Json;
using System.Text.Json.Nodes;

namespace SearchOptions;

/// <summary>
/// Which options are searched, and over which values. Paths begin with "model." (<see cref="DRepMRec.DRepMRecOptions"/>) or "trainer."
/// (<see cref="DRepMRec.TrainerOptions"/>); "host" is a recommender that BMA is plugged into.
/// </summary>
internal sealed class SearchSpace
{
    private const int MaxCombinations = 100_000_000;

    private readonly List<KeyValuePair<string, JsonNode?>> _fixed = [];
    private readonly List<(string Path, JsonNode?[] Values)> _searched = [];

    public IEnumerable<string> Searched => _searched.Select(s => s.Path);

    public static SearchSpace Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    public static SearchSpace Parse(string text)
    {
        var lenient = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        if (JsonNode.Parse(text, documentOptions: lenient) is not JsonObject root)
        {
            throw new FormatException("expected an object with \"fixed\" and \"search\".");
        }

        var space = new SearchSpace();
        foreach (var (name, part) in root)
        {
            if (name is not ("fixed" or "search") || part is not JsonObject entries)
                throw new FormatException($"expected the objects \"fixed\" and \"search\", got \"{name}\".");
            foreach (var (path, value) in entries)
            {
                if (name == "fixed")
                    space._fixed.Add(new(path, value));
                else if (value is JsonArray { Count: > 0 } values)
                    space._searched.Add((path, [.. values]));
                else
                    throw new FormatException($"expected a list of values for \"{path}\".");
            }
        }

        return space;
    }

    /// <summary>Every combination, the first option turning slowest.</summary>
    public IEnumerable<Setting> Grid()
    {
        IEnumerable<List<KeyValuePair<string, JsonNode?>>> combinations = [_fixed];
        foreach (var (path, values) in _searched)
            combinations = combinations.SelectMany(c => values.Select(v => (List<KeyValuePair<string, JsonNode?>>)[.. c, new(path, v)]));
        return combinations.Select(c => new Setting(c));
    }

    /// <summary>Different combinations drawn at random; all of them where there are no more.</summary>
    public IEnumerable<Setting> Draw(int count, int seed)
    {
        double all = _searched.Aggregate(1.0, (product, searched) => product * searched.Values.Length);
        if (all > MaxCombinations)
            throw new ArgumentException($"Expected at most {MaxCombinations:N0} combinations to draw from, got {all:N0}.");
        int[] places = [.. Enumerable.Range(0, (int)all)];
        new Random(seed).Shuffle(places);
        return places.Take(count).Select(At);
    }

    /// <summary>The combination at a place of the grid.</summary>
    private Setting At(int place)
    {
        var searched = new List<KeyValuePair<string, JsonNode?>>();
        foreach (var (path, values) in Enumerable.Reverse(_searched))
        {
            searched.Add(new(path, values[place % values.Length]));
            place /= values.Length;
        }

        return new Setting([.. _fixed, .. Enumerable.Reverse(searched)]);
    }
}
