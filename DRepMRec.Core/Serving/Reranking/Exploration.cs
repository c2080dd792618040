using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>
/// A seeded sample in the place of the highest scores, so that other items are seen too: items are drawn one after the other without
/// putting back, with probabilities in proportion to exp(score / (temperature · deviation)) (Plackett and Luce), from the request's pool.
/// It's done by adding Gumbel noise to scores (Kool, van Hoof and Welling, "Stochastic Beams and Where to Find Them", ICML 2019), which
/// follows from the seed, the user's id and the item's id alone. Data, to be kept and sent as JSON.
/// </summary>
/// <remarks>The same request has the same answer: change the seed, say each day or each session, to get another.</remarks>
/// <example><code>var request = new RecommendationRequest { UserId = "42", Exploration = new Exploration { Seed = 7 } };</code></example>
public sealed record Exploration
{
    /// <summary>How far from the highest scores: in standard deviations of the request's scores.</summary>
    /// <value>0 (no exploration) to 1000. The default is 0.1.</value>
    public double Temperature { get; init => field = Guard.InRange(value, 0.0, 1000.0); } = 0.1;

    /// <summary>The seed.</summary>
    /// <value>Any number. The default is 0.</value>
    public int Seed { get; init; }
}
