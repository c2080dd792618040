using DRepMRec.Internals;

namespace DRepMRec.Baselines;

/// <summary>Options of <see cref="EaseRecommender"/>.</summary>
public sealed record EaseOptions
{
    /// <summary>The weight of the L2 penalty on B, lambda.</summary>
    /// <value>Above 0. The default is 50, which validation chose on TikTok; it depends on the dataset.</value>
    public double L2 { get; init => field = Guard.Positive(value); } = 50;
}
