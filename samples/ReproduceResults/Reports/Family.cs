using DRepMRec.Evaluation;
using ReproduceResults.Trainings;

namespace ReproduceResults.Reports;

/// <summary>
/// All comparisons of a page: paired t-tests over users, by Recall@20 and by NDCG@20, with Holm's correction over all of them together.
/// </summary>
internal sealed class Family
{
    public const string Words
        = "p: paired t-tests over users, each with the mean over the seeds that both lines have, Holm's correction over all tests of this "
            + "page";

    private static readonly RankingMetric[] Tested = [Training.Recall, Training.Ndcg];
    private readonly Dictionary<(Outcome First, Outcome Second, RankingMetric Metric), double> _corrected;

    public Family(IEnumerable<(Outcome First, Outcome Second)> pairs)
    {
        (Outcome First, Outcome Second, RankingMetric Metric)[] tests =
        [
            .. pairs.Distinct().Where(p => p.First.Shared(p.Second) is not null)
                .SelectMany(p => Tested.Select(metric => (p.First, p.Second, metric))),
        ];
        IReadOnlyList<double> corrected = SignificanceTest.Holm([.. tests.Select(t => t.First.Against(t.Second, t.Metric)!.PValue)]);
        _corrected = tests.Zip(corrected).ToDictionary(p => p.First, p => p.Second);
    }

    /// <summary>The corrected p-value of a comparison as text; nothing of one that isn't in the family.</summary>
    public string P(Outcome? first, Outcome? second, RankingMetric metric)
        => first is not null && second is not null && _corrected.TryGetValue((first, second, metric), out double p) ? Cell.PValue(p) : "";
}
