using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

namespace ReproduceResults.Reports;

/// <summary>A variant with its trainings, one per seed.</summary>
internal sealed record Outcome(Variant Variant, IReadOnlyList<Training> Trainings)
{
    public string Name => Variant.Title;

    public double[] Values(Func<Training, double> figure) => [.. Trainings.Select(figure)];

    public double[] Test(RankingMetric metric) => Values(t => t.Test[metric.ToString()]);

    public double Mean(RankingMetric metric) => Test(metric).Mean();

    /// <summary>A figure as text: mean ± standard deviation over seeds.</summary>
    public string Show(Func<Training, double> figure, int digits = 4) => Cell.Spread(Values(figure), digits);

    /// <summary>The figures of both lines' trainings with the same seed: this one's minus the other's.</summary>
    public double[] Differences(Outcome other, RankingMetric metric)
        => [.. Trainings.Join(other.Trainings, t => t.Seed, t => t.Seed, (a, b) => a.Test[metric.ToString()] - b.Test[metric.ToString()])];

    /// <summary>A paired t-test over users on Recall@20, each user with the mean over seeds.</summary>
    public PairedComparison Against(Outcome other)
    {
        var (first, second) = Paired(this, other);
        return SignificanceTest.PairedT(first, second);
    }

    /// <summary>The mean over seeds of Recall@20 of each evaluated user, of two lines in the same order.</summary>
    public static (double[] First, double[] Second) Paired(Outcome first, Outcome second)
    {
        Dictionary<int, double> a = first.PerUser(), b = second.PerUser();
        int[] users = [.. a.Keys.Union(b.Keys)];

        // Users that neither has a hit for differ by 0.
        int zeros = first.Trainings[0].TestUsers - users.Length;
        double[] Fill(Dictionary<int, double> values)
            => [.. users.Select(u => values.GetValueOrDefault(u)), .. Enumerable.Repeat(0.0, zeros)];
        return (Fill(a), Fill(b));
    }

    private Dictionary<int, double> PerUser()
        => Trainings.SelectMany(t => t.RecallPerUser).GroupBy(p => p.Key)
            .ToDictionary(g => g.Key, g => g.Sum(p => (double)p.Value) / Trainings.Count);
}
