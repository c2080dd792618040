using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>A recommended item.</summary>
public readonly record struct Recommendation
{
    [JsonConstructor]
    internal Recommendation(string item, float score) => (Item, Score) = (item, score);

    /// <summary>The item's raw id.</summary>
    public string Item { get; }

    /// <summary>The score; higher is better. Scores compare within one list only.</summary>
    public float Score { get; }

    /// <summary>Takes the two apart: <c>foreach (var (item, score) in list)</c>.</summary>
    /// <param name="item">The item's raw id.</param>
    /// <param name="score">The score.</param>
    public void Deconstruct(out string item, out float score) => (item, score) = (Item, Score);
}
