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

    /// <summary>Whether its figures are of the model with the item-to-item part, which is chosen after the last epoch.</summary>
    public bool HasPart => First.Variant.EndsWith(VariantTrainer.WithPart, StringComparison.Ordinal);

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

    /// <summary>
    /// What is compared of two lines: the trainings with the seeds that both have, all of them where one isn't trained and so has no
    /// seeds; <see langword="null"/> where no seed is common to both.
    /// </summary>
    public (Outcome Own, Outcome Other)? Shared(Outcome other)
    {
        if (!IsTrained || !other.IsTrained)
            return (this, other);
        int[] seeds = [.. Trainings.Select(t => t.Seed).Intersect(other.Trainings.Select(t => t.Seed))];
        Outcome Of(Outcome line) => new([.. line.Trainings.Where(t => seeds.Contains(t.Seed))]);
        return seeds.Length == 0 ? null : (Of(this), Of(other));
    }

    /// <summary>The means of both lines over what <see cref="Shared"/> compares.</summary>
    public (double Own, double Other)? Means(Outcome other, RankingMetric metric)
        => Shared(other) is var (own, others) ? (own.Mean(metric), others.Mean(metric)) : null;

    /// <summary>
    /// A paired t-test over users on Recall@20 or NDCG@20, each user with the mean over the seeds of <see cref="Shared"/>.
    /// </summary>
    public PairedComparison? Against(Outcome other, RankingMetric metric)
    {
        if (Shared(other) is not var (first, second))
            return null;
        Dictionary<int, double> own = first.PerUser(metric), others = second.PerUser(metric);
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
