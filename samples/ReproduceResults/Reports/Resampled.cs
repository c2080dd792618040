using DRepMRec.Evaluation;

namespace ReproduceResults.Reports;

/// <summary>Tests over splits that were drawn anew from the same interactions.</summary>
internal static class Resampled
{
    /// <summary>The corrected resampled t-test over the means of splits; <see langword="null"/> with fewer than two.</summary>
    /// <param name="pairs">What is compared of the lines of two models, one pair for each split.</param>
    /// <param name="metric">What is compared.</param>
    public static double? PValue(IReadOnlyList<(Outcome Own, Outcome Other)> pairs, RankingMetric metric)
        => pairs.Count < 2 ? null : SignificanceTest.CorrectedResampledT(
            [.. pairs.Select(p => p.Own.Mean(metric))], [.. pairs.Select(p => p.Other.Mean(metric))],
            pairs.Average(p => (double)p.Own.First.Dataset.Test / p.Own.First.Dataset.Train)).PValue;
}
