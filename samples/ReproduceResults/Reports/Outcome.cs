using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;
using ReproduceResults.Trainings;

namespace ReproduceResults.Reports;

/// <summary>A line of a table: the trainings of a variant, one per seed.</summary>
internal sealed record Outcome(IReadOnlyList<Training> Trainings)
{
    public Training First => Trainings[0];

    public string Name => First.Title;

    /// <summary>Whether it is trained by gradients, and so has seeds.</summary>
    public bool IsTrained => First.Epochs > 0;

    /// <summary>The lines that trainings make, in the order of their places, of trainings that didn't diverge.</summary>
    public static IReadOnlyList<Outcome> Of(IEnumerable<Training> trainings)
        => [.. trainings.Where(t => t.Failure is null).GroupBy(t => (t.Study, t.Title, t.SplitChecksum, t.Options))
            .OrderBy(g => g.First().Place).Select(g => new Outcome([.. g.OrderBy(t => t.Seed)]))];

    public double[] Values(Func<Training, double> figure) => [.. Trainings.Select(figure)];

    public double[] Test(RankingMetric metric) => Values(t => t.Test[metric.ToString()]);

    public double Mean(RankingMetric metric) => Test(metric).Mean();

    /// <summary>A figure as text: mean ± standard deviation over seeds.</summary>
    public string Show(Func<Training, double> figure, int digits = 4) => Cell.Spread(Values(figure), digits);

    /// <summary>The figures of both lines' trainings with the same seed: this one's minus the other's.</summary>
    public double[] Differences(Outcome other, RankingMetric metric)
        => [.. Trainings.Join(other.Trainings, t => t.Seed, t => t.Seed, (a, b) => a.Test[metric.ToString()] - b.Test[metric.ToString()])];

    /// <summary>A paired t-test over users on Recall@20 or NDCG@20, each user with the mean over seeds.</summary>
    public PairedComparison Against(Outcome other, RankingMetric metric)
    {
        Dictionary<int, double> own = PerUser(metric), others = other.PerUser(metric);
        int[] users = [.. own.Keys.Union(others.Keys)];

        // Users that neither has a hit for differ by 0.
        double[] zeros = new double[First.TestUsers - users.Length];
        double[] Fill(Dictionary<int, double> values) => [.. users.Select(u => values.GetValueOrDefault(u)), .. zeros];
        return SignificanceTest.PairedT(Fill(own), Fill(others));
    }

    private Dictionary<int, double> PerUser(RankingMetric metric)
        => Trainings.Select(t => t.PerUser)
            .SelectMany(f => f.Users.Zip(metric == Training.Recall ? f.Recall : f.Ndcg)).GroupBy(p => p.First)
            .ToDictionary(g => g.Key, g => g.Sum(p => (double)p.Second) / Trainings.Count);
}
