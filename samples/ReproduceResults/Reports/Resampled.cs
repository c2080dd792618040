using DRepMRec.Evaluation;

namespace ReproduceResults.Reports;

/// <summary>Tests over splits that were drawn anew from the same interactions.</summary>
internal static class Resampled
{
    /// <summary>The corrected resampled t-test over the means of splits; <see langword="null"/> with fewer than two.</summary>
    /// <param name="first">A model's lines, one for each split.</param>
    /// <param name="second">Another's on the same splits.</param>
    /// <param name="metric">What is compared.</param>
    public static double? PValue(IReadOnlyList<Outcome> first, IReadOnlyList<Outcome> second, RankingMetric metric)
        => first.Count < 2 ? null : SignificanceTest.CorrectedResampledT(
            [.. first.Select(o => o.Mean(metric))], [.. second.Select(o => o.Mean(metric))],
            first.Average(o => (double)o.First.Dataset.Test / o.First.Dataset.Train)).PValue;
}
