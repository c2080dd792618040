using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Losses;

namespace ReproduceResults.Studies;

/// <summary>Remedies for faults of the method, one by one: what is compared with DRepMRec as it is.</summary>
internal static class RemedyVariants
{
    public static IEnumerable<(string Name, DRepMRecOptions Options, TrainerOptions Training)> All(
        DRepMRecOptions full, TrainerOptions trainer)
    {
        BmaOptions bma = full.Alignment;
        (string, DRepMRecOptions, TrainerOptions) Aligned(string name, BmaOptions alignment)
            => (name, full with { Alignment = alignment }, trainer);
        (string, DRepMRecOptions, TrainerOptions) Trained(string name, TrainerOptions training) => (name, full, training);

        yield return Aligned("hidden users left out", bma with { LeaveOutHiddenUsers = true });
        yield return Aligned("dropped items left out", bma with { LeaveOutDroppedItems = true });
        yield return Aligned("hidden and dropped left out", bma with { LeaveOutHiddenUsers = true, LeaveOutDroppedItems = true });
        foreach (double exponent in new[] { 0.5, 1 })
        {
            var popular = new NegativeSampling
            {
                Distribution = NegativeDistribution.Popularity,
                PopularityExponent = exponent,
            };
            FormattableString name = $"negatives by popularity^{exponent}";
            yield return Trained(FormattableString.Invariant(name), trainer with { Negatives = popular });
            yield return Trained(
                FormattableString.Invariant(name) + " corrected", trainer with { Negatives = popular with { Corrected = true } });
        }

        foreach (var (kind, name) in new[]
        {
            (DistributionAlignmentKind.MeanCovariance, "means and covariances"),
            (DistributionAlignmentKind.MaximumMeanDiscrepancy, "mean discrepancy"),
            (DistributionAlignmentKind.EnergyDistance, "energy distance"),
        })
        {
            foreach (double weight in new[] { 0.1, 1, 10 })
            {
                yield return Aligned(
                    FormattableString.Invariant($"{name} {weight}"), bma with { Distribution = kind, DistributionWeight = weight });
            }
        }
    }
}
