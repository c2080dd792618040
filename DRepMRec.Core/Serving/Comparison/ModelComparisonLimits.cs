using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>How much may change before a model is refused; what is <see langword="null"/> isn't looked at.</summary>
public sealed record ModelComparisonLimits
{
    /// <summary>The lowest mean rank-biased overlap.</summary>
    /// <value>0 to 1, or <see langword="null"/> (the default).</value>
    public double? MinOverlap { get; init => field = Guard.PartOrNull(value); }

    /// <summary>The highest share of lists that aren't the same, item by item.</summary>
    /// <value>0 to 1, or <see langword="null"/> (the default).</value>
    public double? MaxChangedLists { get; init => field = Guard.PartOrNull(value); }

    /// <summary>The highest share of the old model's users that may be missing.</summary>
    /// <value>0 to 1, or <see langword="null"/> (the default).</value>
    public double? MaxVanishedUsers { get; init => field = Guard.PartOrNull(value); }

    /// <summary>The highest share of the old model's items that may be missing.</summary>
    /// <value>0 to 1, or <see langword="null"/> (the default).</value>
    public double? MaxVanishedItems { get; init => field = Guard.PartOrNull(value); }

    /// <summary>The lowest number of different items that are recommended, as a share of those that were.</summary>
    /// <value>0 or more, also above 1, or <see langword="null"/> (the default).</value>
    public double? MinDifferentItems { get; init => field = value is { } share ? Guard.NotNegative(share) : null; }

    /// <summary>The limits that a comparison exceeds, as sentences for people; empty where it keeps to all.</summary>
    /// <param name="comparison">The comparison.</param>
    public IReadOnlyList<string> Exceeded(ModelComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var exceeded = new List<string>();
        AtLeast("The mean rank-biased overlap", comparison.Overlap.Mean, MinOverlap);
        AtMost("The share of lists that change", comparison.ChangedShare, MaxChangedLists);
        AtMost("The share of users that vanish", VanishedShare(comparison.Users), MaxVanishedUsers);
        AtMost("The share of items that vanish", VanishedShare(comparison.Items), MaxVanishedItems);
        AtLeast("The number of different items that are recommended, as a share of those before,",
            comparison.NewRecommended.Different / (double)Math.Max(1, comparison.OldRecommended.Different), MinDifferentItems);
        return exceeded;

        void AtLeast(string what, double value, double? limit)
        {
            if (limit is { } least && !(value >= least))
                exceeded.Add(string.Create(CultureInfo.InvariantCulture, $"{what} is {value:F4}, below {least}."));
        }

        void AtMost(string what, double value, double? limit)
        {
            if (limit is { } most && !(value <= most))
                exceeded.Add(string.Create(CultureInfo.InvariantCulture, $"{what} is {value:F4}, above {most}."));
        }
    }

    private static double VanishedShare(IdChanges ids) => ids.Vanished / (double)Math.Max(1, ids.Common + ids.Vanished);
}
