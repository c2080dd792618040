using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>A recommended item.</summary>
public readonly record struct Recommendation
{
    [JsonConstructor]
    internal Recommendation(string item, float score, float? probability = null)
        => (Item, Score, Probability) = (item, score, probability);

    /// <summary>The item's raw id.</summary>
    public string Item { get; }

    /// <summary>
    /// The model's score; higher is better. Scores compare within one list only. Boosts, diversity and exploration change the order of a
    /// list and not the scores.
    /// </summary>
    public float Score { get; }

    /// <summary>
    /// The probability that the user chooses the item, from 0 to 1, by <see cref="Recommender.Calibration"/>; <see langword="null"/> where
    /// the model has none, and where the source isn't <see cref="RecommendationSource.User"/>: other scores weren't calibrated.
    /// </summary>
    public float? Probability { get; }

    /// <summary>Takes the two apart: <c>foreach (var (item, score) in list)</c>.</summary>
    /// <param name="item">The item's raw id.</param>
    /// <param name="score">The score.</param>
    public void Deconstruct(out string item, out float score) => (item, score) = (Item, Score);
}
