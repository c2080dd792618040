using Common;
using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;

namespace CompareModels;

/// <summary>One line of the table: a model's test figures over seeds, and how it stands to the model it is compared with.</summary>
internal sealed record Comparison(string Title, IReadOnlyList<TrialFigures> Trials)
{
    public static readonly RankingMetric[] Metrics =
    [
        RankingMetric.Recall(10), RankingMetric.Recall(20), RankingMetric.Ndcg(10), RankingMetric.Ndcg(20),
    ];

    /// <summary>
    /// The title of the model that this one is compared with: for a model with BMA the same without, for DRepMRec the best other one by
    /// validation.
    /// </summary>
    public string? Against { get; private init; }

    /// <summary>How much higher Recall@20 is, as a share.</summary>
    public double? Gain { get; private init; }

    /// <summary>
    /// The p-value of a paired t-test over users, each with the mean over seeds, corrected by Holm's method for all lines of the table.
    /// </summary>
    public double? PValue { get; private init; }

    public double Mean(RankingMetric metric) => Values(metric).Mean();

    /// <summary>The standard deviation over seeds; NaN for one seed.</summary>
    public double Deviation(RankingMetric metric) => Values(metric).StandardDeviation();

    public double ValidMean => Trials.Select(t => t.Valid[TrialFigures.Metric.ToString()]).Mean();

    public static IReadOnlyList<Comparison> Of(IReadOnlyList<TrialFigures> trials)
    {
        List<Comparison> lines = [.. trials.GroupBy(t => (t.Model, t.Bma))
            .Select(g => new Comparison(Catalogue.Title(g.Key.Model, g.Key.Bma), [.. g]))];
        var compared = new List<(int Line, PairedComparison Test)>();
        for (int n = 0; n < lines.Count; n++)
        {
            if (Reference(lines[n], lines) is not { } other)
                continue;
            PairedComparison test = SignificanceTest.PairedT(lines[n].PerUser(), other.PerUser());
            compared.Add((n, test));
            lines[n] = lines[n] with
            {
                Against = other.Title,
                Gain = (lines[n].Mean(TrialFigures.Metric) / other.Mean(TrialFigures.Metric)) - 1,
            };
        }

        IReadOnlyList<double> corrected = SignificanceTest.Holm([.. compared.Select(c => c.Test.PValue)]);
        for (int c = 0; c < compared.Count; c++)
            lines[compared[c].Line] = lines[compared[c].Line] with { PValue = corrected[c] };
        return lines;
    }

    private static Comparison? Reference(Comparison line, List<Comparison> lines)
    {
        var (model, bma) = (line.Trials[0].Model, line.Trials[0].Bma);
        return model == Catalogue.Ours ? lines.Where(l => l.Trials[0].Model != model).MaxBy(l => l.ValidMean)
            : bma ? lines.Find(l => l.Trials[0].Model == model && !l.Trials[0].Bma)
            : null;
    }

    private IEnumerable<double> Values(RankingMetric metric) => Trials.Select(t => t.Test[metric.ToString()]);

    private double[] PerUser()
    {
        double[][] seeds = [.. Trials.Select(t => t.PerUser())];
        return [.. Enumerable.Range(0, seeds[0].Length).Select(u => seeds.Average(s => s[u]))];
    }
}
