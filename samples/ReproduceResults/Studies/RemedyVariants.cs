using DRepMRec;
using DRepMRec.Losses;

namespace ReproduceResults.Studies;

/// <summary>Remedies for faults of the method, one by one: what is compared with DRepMRec as it is.</summary>
internal static class RemedyVariants
{
    public static IEnumerable<(string Name, DRepMRecOptions Options, TrainerOptions Training)> All(
        DRepMRecOptions full, TrainerOptions trainer)
    {
        (string, DRepMRecOptions, TrainerOptions) Trained(string name, TrainerOptions training) => (name, full, training);

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
    }
}
