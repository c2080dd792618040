using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Evaluation;

/// <summary>Of equal scores none is favoured, and neither the order of rows nor the spelling of ids counts.</summary>
public sealed class EqualScoresTests
{
    private static readonly RankingMetric Recall = RankingMetric.Recall(20);

    // 2,000 users with 10 of 400 items each, of which the first are much more popular; everything labelled.
    private static readonly Interaction[] Log = MakeLog(seed: 4);

    private static Interaction[] MakeLog(ulong seed)
    {
        var random = new SeededRandom(seed);
        var log = new List<Interaction>();
        for (int u = 0; u < 2000; u++)
        {
            var own = new HashSet<int>();
            while (own.Count < 10)
                own.Add((int)(400 * Math.Pow(random.NextDouble(), 3)));
            log.AddRange(own.Select((item, n) => new Interaction($"u{u}", $"i{item}", Label: n < 8 ? 0 : n - 7)));
        }

        return [.. log];
    }

    private static double Measure(RecDataset data, Func<RecDataset, IItemScorer> scorer)
        => new Evaluator(new EvaluationOptions { Metrics = [Recall] }).Evaluate(scorer(data), data, EvaluationTarget.Test)[Recall];

    private static RecDataset Dataset(IEnumerable<Interaction> log) => RecDataset.FromInteractions("log", log);

    [Fact]
    public void A_scorer_that_gives_every_item_the_same_ranks_as_chance_does()
    {
        RecDataset[] data = [.. Enumerable.Range(1, 8).Select(seed => Dataset(MakeLog((ulong)seed)))];

        // One positive each among 392 that aren't masked. The deviation of a mean over 16,000 such draws is 0.0017.
        data.Average(d => Measure(d, x => new Constant(x))).Should().BeApproximately(20.0 / 392, 0.005);
        data.Average(d => Measure(d, x => new PopularityRecommender(x.Train))).Should()
            .BeGreaterThan(0.1, "there popularity says something");
    }

    [SkippableTheory]
    [InlineData("tiktok")]
    [InlineData("baby")]
    public void So_it_does_on_real_data(string name)
    {
        RecDataset data = RecDataset.Load(SharedData.Require(name));
        double chance = 20.0 / data.Items.Count;
        Measure(data, d => new Constant(d)).Should().BeInRange(chance * 0.7, chance * 1.3);
    }

    [Fact]
    public void Every_item_has_its_turn()
    {
        RecDataset data = Dataset(Log);
        EvaluationResult result = new Evaluator(new EvaluationOptions { Metrics = [RankingMetric.Recall(1)] }).Evaluate(new Constant(data),
            data, EvaluationTarget.Test);

        // 2,000 users see one of 400 items each: all but 400 e^-5, less than three, are seen by someone.
        result.ItemCoverage.Should().BeGreaterThan(0.97);
    }

    [Fact]
    public void The_order_of_the_rows_changes_no_figure()
    {
        var random = new SeededRandom(9);
        Interaction[] shuffled = [.. Log];
        random.Shuffle(shuffled.AsSpan());
        Dictionary<string, int> users = Log.GroupBy(row => row.Item).ToDictionary(g => g.Key, g => g.Count());
        Interaction[][] orders = [Log, shuffled, [.. Log.OrderByDescending(row => users[row.Item])], [.. Log.Reverse()]];
        foreach (Func<RecDataset, IItemScorer> scorer in new Func<RecDataset, IItemScorer>[]
        {
            d => new Constant(d),
            d => new PopularityRecommender(d.Train),
            d => new ItemKnnRecommender(d.Train),
            d => new ItemKnnRecommender(d.Train, new ItemKnnOptions { Neighbors = 3 }),
            d => new EaseRecommender(d.Train),
        })
        {
            orders.Select(rows => Measure(Dataset(rows), scorer)).Distinct().Should().ContainSingle();
        }
    }

    [Fact]
    public void Where_no_scores_are_equal_the_spelling_of_the_ids_changes_no_figure()
    {
        // Every item's score is its own, and the same under each spelling.
        double Of(Func<string, string> spell)
        {
            RecDataset data = Dataset(Log.Select(row => row with { User = spell(row.User), Item = spell(row.Item) }));
            Dictionary<string, int> numbers = Enumerable.Range(0, 400).ToDictionary(i => spell($"i{i}"), i => i);
            return Measure(data, d => new ByItem(d.Users.Count, [.. d.Items.Ids.Select(id => (float)(numbers[id] * 7 % 401))]));
        }

        new[] { Of(id => id), Of(id => id[1..]), Of(id => new string([.. id.Reverse()])), Of(id => $"ß {id}") }.Distinct()
            .Should().ContainSingle();
    }

    [Fact]
    public void The_order_of_a_dataset_never_changes()
    {
        // By the published constants of FNV-1a and MurmurHash3, over the raw ids alone.
        RecDataset data = Samples.Dataset("five", 2, 5, [(0, 0), (1, 1)], [], [(0, 1), (1, 0)], []);
        int[] expected = [.. Enumerable.Range(0, 5).OrderBy(i => SlowReference.Key($"i{i}"))];
        var order = new int[5];
        for (int i = 0; i < 5; i++)
            order[data.Items.TieOrder[i]] = i;
        order.Should().Equal(expected);
        RawId.TieKey("i3").Should().Be(SlowReference.Key("i3"));
    }

    private sealed class Constant(RecDataset data) : IItemScorer
    {
        public int UserCount => data.Users.Count;

        public int ItemCount => data.Items.Count;

        public void Score(ReadOnlySpan<int> users, Span<float> scores) => scores.Fill(1);
    }

    private sealed class ByItem(int users, float[] scores) : IItemScorer
    {
        public int UserCount => users;

        public int ItemCount => scores.Length;

        public void Score(ReadOnlySpan<int> some, Span<float> target)
        {
            for (int n = 0; n < some.Length; n++)
                scores.CopyTo(target[(n * scores.Length)..]);
        }
    }
}
