using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Tests.Evaluation;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Laws;

/// <summary>What figures must do when users, scores or positives are changed in a known way.</summary>
public sealed class EvaluationLawTests
{
    private const int Users = 40, Items = 60;
    private static readonly int[] CutOffs = [1, 3, 10, 20];
    private static readonly float[] Scores = Samples.Floats(Users * Items, 1);

    private static readonly RankingMetric[] Metrics =
    [
        .. CutOffs.SelectMany(k => new[] { RankingMetric.Recall(k), RankingMetric.Ndcg(k), RankingMetric.Precision(k), RankingMetric.Map(k),
            RankingMetric.Mrr(k), RankingMetric.HitRate(k) }),
    ];

    [Fact]
    public void The_figures_of_a_union_are_the_mean_of_the_parts_by_their_users()
    {
        EvaluationResult all = Evaluate(Data(_ => true)), first = Evaluate(Data(u => u % 3 == 0)), second = Evaluate(Data(u => u % 3 != 0));
        (first.All.Users + second.All.Users).Should().Be(all.All.Users);
        (first.All.Positives + second.All.Positives).Should().Be(all.All.Positives);
        foreach (RankingMetric metric in Metrics)
        {
            double mean = ((first[metric] * first.All.Users) + (second[metric] * second.All.Users)) / all.All.Users;
            all[metric].Should().BeApproximately(mean, 1e-12, $"{metric}");
            double cold = ((first.ColdItems![metric] * first.ColdItems.Users) + (second.ColdItems![metric] * second.ColdItems.Users))
                / all.ColdItems!.Users;
            all.ColdItems[metric].Should().BeApproximately(cold, 1e-12, $"{metric} of cold items");
        }
    }

    [Fact]
    public void Growing_functions_of_the_scores_change_no_figure()
    {
        EvaluationResult plain = Evaluate(Data(_ => true));
        Func<int, float, float>[] functions =
            [(_, s) => 4 * s, (u, s) => s + u, (u, s) => (s * (u + 1)) - 3, (_, s) => MathF.Exp(s), (_, s) => s * s * s];
        foreach (var function in functions)
            Evaluate(Data(_ => true), (u, i) => function(u, Score(u, i))).ShouldHaveTheFiguresOf(plain);
    }

    [Fact]
    public void Scores_of_what_a_user_trained_on_are_never_looked_at()
    {
        RecDataset data = Data(_ => true);
        EvaluationResult plain = Evaluate(data);
        Evaluate(data, (u, i) => data.Train.Contains(u, i) ? 100 : Score(u, i)).ShouldHaveTheFiguresOf(plain);
        Evaluate(data, (u, i) => data.Train.Contains(u, i) ? float.NegativeInfinity : Score(u, i)).ShouldHaveTheFiguresOf(plain);
    }

    [Fact]
    public void Users_without_positives_and_items_below_all_others_change_no_figure()
    {
        RecDataset data = Data(_ => true), some = Data(u => u != 5);
        EvaluationResult without = Evaluate(some);
        without.EvaluatedUsers.Should().Equal(Enumerable.Range(0, Users).Where(u => u != 5));
        foreach (RankingMetric metric in Metrics)
            without.PerUser(metric).Should().Equal(Evaluate(data).PerUser(metric).Where((_, u) => u != 5));

        RecDataset wider = Data(_ => true, Items + 30);
        EvaluationResult more = Evaluate(wider, (u, i) => i < Items ? Score(u, i) : -10 - i);
        foreach (RankingMetric metric in Metrics)
            more.PerUser(metric).Should().Equal(Evaluate(data).PerUser(metric), $"{metric}");
    }

    [Fact]
    public void Users_and_items_in_another_order_have_their_figures_in_that_order()
    {
        RecDataset data = Data(_ => true);
        EvaluationResult plain = Evaluate(data);
        int User(int user) => (user * 7) % Users;
        int Item(int item) => (item * 11) % Items;
        InteractionSet Moved(InteractionSet set)
            => new(Users, Items, [.. set.ExpandUsers().Zip(set.Items.ToArray(), (u, i) => (User(u), Item(i)))]);
        RecDataset moved = Samples.Dataset("moved", Users, Items, Pairs(Moved(data.Train)), [], Pairs(Moved(data.Test)), []);
        EvaluationResult other = Evaluate(moved, (u, i) => Score(
            Enumerable.Range(0, Users).Single(v => User(v) == u), Enumerable.Range(0, Items).Single(j => Item(j) == i)));
        foreach (RankingMetric metric in Metrics)
        {
            IReadOnlyList<double> values = other.PerUser(metric);
            Enumerable.Range(0, Users).Select(u => values[User(u)]).Should().Equal(plain.PerUser(metric), $"{metric}");
        }
    }

    [Fact]
    public void Longer_lists_find_more_and_the_best_ranking_finds_all()
    {
        EvaluationResult plain = Evaluate(Data(_ => true));
        foreach (var (shorter, longer) in CutOffs.Zip(CutOffs.Skip(1)))
        {
            for (int u = 0; u < Users; u++)
            {
                double Of(RankingMetric metric) => plain.PerUser(metric)[u];
                Of(RankingMetric.Recall(longer)).Should().BeGreaterThanOrEqualTo(Of(RankingMetric.Recall(shorter)));
                Of(RankingMetric.HitRate(longer)).Should().BeGreaterThanOrEqualTo(Of(RankingMetric.HitRate(shorter)));
                Of(RankingMetric.Mrr(longer)).Should().BeGreaterThanOrEqualTo(Of(RankingMetric.Mrr(shorter)));
                (Of(RankingMetric.Precision(longer)) * longer)
                    .Should().BeGreaterThanOrEqualTo((Of(RankingMetric.Precision(shorter)) * shorter) - 1e-12);
            }
        }

        RecDataset data = Data(_ => true);
        EvaluationResult best = Evaluate(data, (u, i) => data.Test.Contains(u, i) ? 1 : -1 - i);
        RankingMetricKind[] reachOne = [RankingMetricKind.Ndcg, RankingMetricKind.Mrr, RankingMetricKind.HitRate, RankingMetricKind.Map];
        foreach (RankingMetric metric in Metrics.Where(m => reachOne.Contains(m.Kind)))
            best[metric].Should().Be(1, $"{metric} of the best ranking");
        EvaluationResult worst = Evaluate(data, (u, i) => data.Test.Contains(u, i) ? -1000 : -i);
        foreach (RankingMetric metric in Metrics)
            worst[metric].Should().Be(0, $"{metric} of the worst ranking");
    }

    private static List<(int, int)> Pairs(InteractionSet set) => [.. set.ExpandUsers().Zip(set.Items.ToArray())];

    private static float Score(int user, int item) => Scores[(user * Items) + item];

    private static EvaluationResult Evaluate(RecDataset data, Func<int, int, float>? score = null)
        => new Evaluator(new EvaluationOptions { Metrics = Metrics }).Evaluate(
            new EvaluatorTests.TableScorer(data.Users.Count, data.Items.Count, score ?? Score), data, EvaluationTarget.Test);

    /// <summary>Three training items and one to four positives for each user, some of them items that nobody trained on.</summary>
    private static RecDataset Data(Func<int, bool> isEvaluated, int items = Items)
    {
        int Item(int user, int n) => ((user * 13) + (n * 17)) % 50;
        var train = Enumerable.Range(0, Users).SelectMany(u => Enumerable.Range(0, 3).Select(n => (u, Item(u, n)))).ToList();
        var test = Enumerable.Range(0, Users).Where(isEvaluated).SelectMany(u => Enumerable.Range(3, 1 + (u % 4))
            .Select(n => (u, n == 4 ? 50 + (u % 10) : Item(u, n)))).ToList();
        return Samples.Dataset("law", Users, items, train, [], test, []);
    }
}

internal static class FigureComparison
{
    public static void ShouldHaveTheFiguresOf(this EvaluationResult one, EvaluationResult other)
    {
        foreach (RankingMetric metric in other.All.Metrics.Keys)
        {
            one.PerUser(metric).Should().Equal(other.PerUser(metric), $"{metric}");
            one.ColdItems![metric].Should().Be(other.ColdItems![metric]);
            one.ColdItemsAmongCold![metric].Should().Be(other.ColdItemsAmongCold![metric]);
        }

        one.ItemCoverage.Should().Be(other.ItemCoverage);
    }
}
