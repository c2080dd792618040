using DRepMRec.Evaluation;
using ReproduceResults.Trainings;

namespace ReproduceResults.Reports;

/// <summary>
/// All comparisons of a page: paired t-tests over users, by Recall@20 and by NDCG@20, with Holm's correction over all of them together.
/// </summary>
internal sealed class Family
{
    public const string Words
        = "p: paired t-tests over users, each with the mean over the seeds that both lines have, Holm's correction over all tests of this page";

    private static readonly RankingMetric[] Tested = [Training.Recall, Training.Ndcg];
    private readonly Dictionary<(Outcome First, Outcome Second, RankingMetric Metric), double> _corrected;

    public Family(IEnumerable<(Outcome First, Outcome Second)> pairs)
    {
        ((Outcome, Outcome, RankingMetric) Key, PairedComparison Test)[] tests =
        [
            .. pairs.Distinct().SelectMany(p => Tested.Select(metric => (Key: (p.First, p.Second, metric), p.First.Against(p.Second, metric))))
                .Where(t => t.Item2 is not null).Select(t => (t.Key, t.Item2!)),
        ];
        IReadOnlyList<double> corrected = SignificanceTest.Holm([.. tests.Select(t => t.Test.PValue)]);
        _corrected = tests.Zip(corrected).ToDictionary(p => p.First.Key, p => p.Second);
    }

    /// <summary>The corrected p-value of a comparison as text; nothing of one that isn't in the family.</summary>
    public string P(Outcome? first, Outcome? second, RankingMetric metric)
        => first is not null && second is not null && _corrected.TryGetValue((first, second, metric), out double p) ? Cell.PValue(p) : "";
}
