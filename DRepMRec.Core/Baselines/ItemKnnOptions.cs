using DRepMRec.Internals;

namespace DRepMRec.Baselines;

/// <summary>Options of <see cref="ItemKnnRecommender"/>.</summary>
public sealed record ItemKnnOptions
{
    /// <summary>The number of most similar items k that an item speaks for.</summary>
    /// <value>At least 1. The default is 200.</value>
    public int Neighbors { get; init => field = Guard.Positive(value); } = 200;

    /// <summary>Whether a user of many items counts less: each by 1 / |N_u|.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool NormalizeUsers { get; init; } = true;

    /// <summary>The number that is added to the denominator of the cosine.</summary>
    /// <value>0 or above. The default is 100, which with 200 neighbours is good on TikTok, Baby and Sports (docs/experiments.md).</value>
    public double Shrinkage { get; init => field = Guard.NotNegative(value); } = 100;
}
