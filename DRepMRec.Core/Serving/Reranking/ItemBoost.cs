namespace DRepMRec.Serving;

/// <summary>
/// Moves items up or down: those that meet a condition get <see cref="Weight"/> times the standard deviation of the request's scores added
/// to theirs. A score is a sum, which may be negative, so it's added to and not multiplied; the deviation makes a weight mean the same for
/// every user and model. Data, to be kept and sent as JSON.
/// </summary>
/// <example><code>var newer = new ItemBoost { Where = new() { Column = "released", From = lastMonth }, Weight = 0.5 };</code></example>
public sealed record ItemBoost
{
    /// <summary>The items that are boosted.</summary>
    public required ItemCondition Where
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Where));
            field = value;
        }
    }

    /// <summary>How many standard deviations are added; below 0 the items move down.</summary>
    /// <value>From -1000 to 1000.</value>
    public required double Weight { get; init => field = Internals.Guard.InRange(value, -1000, 1000); }
}
