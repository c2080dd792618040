using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>What each policy would have given and cost.</summary>
public sealed record TimeTravelReport
{
    [JsonConstructor]
    internal TimeTravelReport()
    {
    }

    /// <summary>Each policy's windows in turn.</summary>
    public required IReadOnlyList<TimeTravelWindow> Windows { get; init; }

    /// <summary>The windows of a policy.</summary>
    /// <param name="policy">Its name.</param>
    public IReadOnlyList<TimeTravelWindow> Of(string policy) => [.. Windows.Where(w => w.Policy == policy)];

    /// <summary>The mean of a metric over a policy's windows, each user of each window counting once.</summary>
    /// <param name="policy">Its name.</param>
    /// <param name="metric">The metric.</param>
    /// <returns><see cref="double.NaN"/> where no window had a user.</returns>
    public double Mean(string policy, RankingMetric metric) => Mean(Of(policy), metric);

    /// <summary>The mean of a metric by the age of the model: the number of windows since its training, over all policies or one.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="policy">The name of a policy, or <see langword="null"/> for all.</param>
    public IReadOnlyDictionary<int, double> ByAge(RankingMetric metric, string? policy = null)
        => Windows.Where(w => (policy is null || w.Policy == policy) && w.Users > 0).GroupBy(w => w.ModelAge).OrderBy(g => g.Key)
            .ToDictionary(g => g.Key, g => Mean([.. g], metric));

    /// <summary>Two tables in Markdown: the policies, and their windows.</summary>
    public string ToMarkdown()
    {
        RankingMetric[] metrics = [.. Windows.SelectMany(w => w.Figures.Keys).Distinct()];
        var text = new StringBuilder();
        void Line(params IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
        Line(["policy", .. metrics.Select(m => $"{m}"), "trainings", "training s", "refresh s"]);
        Line(Enumerable.Repeat("---", metrics.Length + 4));
        foreach (IGrouping<string, TimeTravelWindow> policy in Windows.GroupBy(w => w.Policy))
        {
            int trainings = policy.Count(w => w.TrainingTime > TimeSpan.Zero);
            Line([policy.Key, .. metrics.Select(m => Number(Mean([.. policy], m), "F4")), $"{trainings}",
                Number(policy.Sum(w => w.TrainingTime.TotalSeconds), "F1"), Number(policy.Sum(w => w.RefreshTime.TotalSeconds), "F2")]);
        }

        text.Append('\n');
        Line(["policy", "window", "model age", .. metrics.Select(m => $"{m}"), "users", "interactions", "unknown users", "unknown items"]);
        Line(Enumerable.Repeat("---", metrics.Length + 7));
        foreach (TimeTravelWindow w in Windows)
        {
            Line([w.Policy, $"{w.Window}", $"{w.ModelAge}",
                .. metrics.Select(m => w.Figures.TryGetValue(m, out double value) ? Number(value, "F4") : ""),
                $"{w.Users}", $"{w.Interactions}",
                Number(100 * w.UnknownUserShare, "F1") + " %", Number(100 * w.UnknownItemShare, "F1") + " %"]);
        }

        return text.ToString();
    }

    private static double Mean(IReadOnlyCollection<TimeTravelWindow> windows, RankingMetric metric)
    {
        double users = windows.Sum(w => w.Users);
        return users == 0 ? double.NaN : windows.Where(w => w.Users > 0).Sum(w => w.Figures[metric] * w.Users) / users;
    }
}

/// <summary>One window under one policy.</summary>
public sealed record TimeTravelWindow
{
    [JsonConstructor]
    internal TimeTravelWindow()
    {
    }

    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>The window, from 1.</summary>
    public required int Window { get; init; }

    /// <summary>When it begins: interactions with an earlier timestamp are known.</summary>
    public required double From { get; init; }

    /// <summary>When the next one begins.</summary>
    public required double To { get; init; }

    /// <summary>How many windows ago the model was trained that answers in it; 0 right after its training.</summary>
    public required int ModelAge { get; init; }

    /// <summary>The number of interactions.</summary>
    public required int Interactions { get; init; }

    /// <summary>The share of interactions of users that the model doesn't know.</summary>
    public required double UnknownUserShare { get; init; }

    /// <summary>The share of interactions with items that the model doesn't know.</summary>
    public required double UnknownItemShare { get; init; }

    /// <summary>The users who chose something that they didn't have: those that <see cref="Figures"/> are means over.</summary>
    public required int Users { get; init; }

    /// <summary>The figures of the answers at the window's beginning; empty without users.</summary>
    public required IReadOnlyDictionary<RankingMetric, double> Figures { get; init; }

    /// <summary>What the training took that came before this window, if there was one.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>What the refresh took that came before this window, if there was one, new items' content included.</summary>
    public TimeSpan RefreshTime { get; init; }
}
