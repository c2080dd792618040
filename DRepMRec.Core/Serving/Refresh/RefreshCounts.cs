using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>What became of the interactions that a recommender was given since its file was loaded, or since it was built.</summary>
public sealed record RefreshCounts
{
    [JsonConstructor]
    internal RefreshCounts()
    {
    }

    /// <summary>Pairs of a user and an item that weren't known.</summary>
    [JsonInclude]
    public long New { get; internal init; }

    /// <summary>Pairs that were known and got another weight.</summary>
    [JsonInclude]
    public long Reweighted { get; internal init; }

    /// <summary>
    /// Interactions of pairs that the model knew with the same weight, or that occurred again in one call, whose last weight counts.
    /// </summary>
    [JsonInclude]
    public long Repeated { get; internal init; }

    /// <summary>Users that weren't known.</summary>
    [JsonInclude]
    public long NewUsers { get; internal init; }

    /// <summary>Items that weren't known, and so have no content.</summary>
    [JsonInclude]
    public long NewItems { get; internal init; }
}
