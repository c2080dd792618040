using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Tests.Support;
using TableScorer = DRepMRec.Tests.Evaluation.EvaluatorTests.TableScorer;

namespace DRepMRec.Tests.Evaluation;

public sealed class ListMetricTests
{
    [Fact]
    public void More_places_than_one_array_holds_are_refused_by_name()
    {
        RankingTask.ListLength(1_000_000, 1000).Should().Be(1_000_000_000);
        FluentActions.Invoking(() => RankingTask.ListLength(2_200_000, 1000)).Should().Throw<ArgumentException>()
            .WithMessage("EvaluationOptions.ListMetrics: expected at most 2147483591 places*of 1000 of 2200000 users have 2200000000.*");
    }

    // Items i0 to i4 have 2, 1, 1, 0 and 0 users of 4 in training. u0's top 2 is i1, i2; u1's i0, i2; u2's i1, i3; u3 isn't evaluated.
    private static readonly RecDataset Tiny = new(
        "tiny", new IdMap(["u0", "u1", "u2", "u3"]), new IdMap(["i0", "i1", "i2", "i3", "i4"]), new InteractionSplits(
            new InteractionSet(4, 5, [(0, 0), (2, 0), (1, 1), (3, 2)]), new InteractionSet(4, 5, []),
            new InteractionSet(4, 5, [(0, 2), (1, 2), (2, 3)])),
        [new ItemFeatures(Modality.Image, 5, 2, [1, 0, 0, 2, 3, 3, 0, 0, 1, 1])]);

    private static readonly TableScorer Scorer = new(4, 5, (u, i) => u switch
    {
        0 => i is 1 or 2 ? 9 - i : -i,
        1 => i is 0 or 2 ? 9 - i : -i,
        _ => i is 1 or 3 ? 9 - i : -i,
    });

    [Fact]
    public void Figures_of_a_metric_of_ones_own_are_written_and_read_and_options_with_one_are_refused()
    {
        ListMetric bare = ListMetric.IntraListDiversity(Modality.Image, 2), own = new Third(1);
        var options = new EvaluationOptions { Metrics = [RankingMetric.Recall(1)], ListMetrics = [own, bare] };
        RecDataset none = new("none", Tiny.Users, Tiny.Items, Tiny.Splits, [new ItemFeatures(Modality.Image, 5, 1, new float[5])]);
        EvaluationResult result = new Evaluator(options).Evaluate(Scorer, none, EvaluationTarget.Test);
        result[bare].Should().Be(double.NaN);
        EvaluationResult read = DRepMRecJson.Read<EvaluationResult>(DRepMRecJson.Write(result));
        (read[own], read[bare]).Should().Be((1.0 / 3, double.NaN));
        read.Protocol.Should().Be(result.Protocol);
        FluentActions.Invoking(() => result[new Third(1) { Of = 4 }]).Should().Throw<KeyNotFoundException>();
        read.ToJson().Should().Be(result.ToJson()).And.Contain("\"IntraListDiversity(image)@2\": null");
        FluentActions.Invoking(() => DRepMRecJson.Write(options)).Should().Throw<NotSupportedException>()
            .WithMessage("A metric of your own has no JSON*'Third@1'*");
        ListMetric name = read.ListMetrics.Keys.Single(m => m.Name == "Third");
        FluentActions.Invoking(() => new Evaluator(options with { ListMetrics = [name] }).Evaluate(Scorer, none, EvaluationTarget.Test))
            .Should().Throw<NotSupportedException>().WithMessage("'Third@1' was read from JSON by its name*");
        FluentActions.Invoking(() => new EvaluationOptions { ListMetrics = [own, new Third(1) { Of = 4 }] }).Should()
            .Throw<ArgumentException>().WithMessage("Expected different names of different metrics; 'Third@1' is two.*");
        new EvaluationOptions { ListMetrics = [own, new Third(1)] }.ListMetrics.Should().HaveCount(2);
    }

    [Fact]
    public void Conditions_and_default_options_are_equal_where_all_is_the_same()
    {
        var options = new EvaluationOptions { ListMetrics = [ListMetric.Gini(2)] };
        EvaluationProtocol First(EvaluationOptions o) => new Evaluator(o).Evaluate(Scorer, Tiny, EvaluationTarget.Test).Protocol;
        EvaluationProtocol first = First(options);
        first.Should().Be(First(options));
        first.GetHashCode().Should().Be(First(options).GetHashCode());
        first.Should().NotBe(First(options with { Metrics = [RankingMetric.Recall(1)] }));
        first.Should().NotBe(First(options with { Mask = CandidateMask.TrainAndValidation }));
        new EvaluationOptions().Should().Be(new EvaluationOptions());
        new TrainerOptions().Should().Be(new TrainerOptions());
    }

    private sealed record Third(int Cut) : ListMetric(Cut)
    {
        public double Of { get; init; } = 3;

        public override string Name => "Third";

        public override double Compute(RankedLists lists) => 1 / Of;
    }

    [Fact]
    public void Figures_worked_out_by_hand()
    {
        ListMetric[] metrics =
        [
            ListMetric.ItemCoverage(2), ListMetric.Gini(2), ListMetric.AveragePopularity(2), ListMetric.Novelty(2),
            ListMetric.IntraListDiversity(Modality.Image, 2), ListMetric.ItemCoverage(1), ListMetric.Gini(1),
        ];
        EvaluationResult result = new Evaluator(new EvaluationOptions { Metrics = [RankingMetric.Recall(1)], ListMetrics = metrics })
            .Evaluate(Scorer, Tiny, EvaluationTarget.Test);

        result[ListMetric.ItemCoverage(2)].Should().Be(0.8, "i4 is in no list");

        // Counts in order: 0, 1, 1, 2, 2. (-4·0 - 2·1 + 0·1 + 2·2 + 4·2) / (5 · 6) = 10/30.
        result[ListMetric.Gini(2)].Should().BeApproximately(1.0 / 3, 1e-12);

        // u0: (1 + 1) / 2; u1: (2 + 1) / 2; u2: (1 + 0) / 2.
        result[ListMetric.AveragePopularity(2)].Should().BeApproximately((1 + 1.5 + 0.5) / 3, 1e-12);

        // log2(4/2) = 1 for i0; log2(4/1) = 2 for i1, i2, and i3, which counts as if one user had it.
        result[ListMetric.Novelty(2)].Should().BeApproximately((2 + 1.5 + 2) / 3, 1e-12);

        // u0 and u1: cosines of 45°; u2: i3 has no features, so no pair.
        result[ListMetric.IntraListDiversity(Modality.Image, 2)].Should().BeApproximately(1 - Math.Sqrt(0.5), 1e-12);

        // The first items are i1, i0, i1.
        result[ListMetric.ItemCoverage(1)].Should().Be(0.4);
        result[ListMetric.Gini(1)].Should().BeApproximately(((2 * 1) + (4 * 2)) / (5.0 * 3), 1e-12);
        result.ItemCoverage.Should().Be(0.4, "it's at the largest cut-off of the ranking metrics");
        result.ToString().Should().EndWith("item coverage 0.4000  ItemCoverage@2 0.8000  Gini@2 0.3333  AveragePopularity@2 1.0000  "
            + "Novelty@2 1.8333  IntraListDiversity(image)@2 0.2929  ItemCoverage@1 0.4000  Gini@1 0.6667");
        result.ToJson().Should().Contain("\"Gini@2\": 0.33333");
        result.Protocol.Metrics.Should().Contain(["Recall@1", "Gini@2"]);
    }

    [Fact]
    public void Diversity_without_looking_at_pairs_is_that_of_all_pairs()
    {
        RecDataset data = Synthetic();
        var scorer = new EmbeddingScorer(Samples.Floats(data.Users.Count * 8, 1), Samples.Floats(data.Items.Count * 8, 2), 8);
        ListMetric metric = ListMetric.IntraListDiversity(Modality.Image, 20);
        double fast = Evaluate(scorer, data, 2, metric)[metric];
        ItemFeatures features = data.Features.Single(f => f.Modality == Modality.Image);
        double Cosine(int a, int b)
        {
            double Dot(int x, int y) => Enumerable.Range(0, features.Dimension).Sum(d => (double)features[x][d] * features[y][d]);
            return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
        }

        var pairs = new PairMetric(20, features, Cosine);
        fast.Should().BeApproximately(Evaluate(scorer, data, 2, pairs)[pairs], 1e-12);
    }

    [Fact]
    public void Figures_are_the_same_for_any_number_of_threads()
    {
        RecDataset data = Synthetic();
        var scorer = new EmbeddingScorer(Samples.Floats(data.Users.Count * 8, 1), Samples.Floats(data.Items.Count * 8, 2), 8);
        ListMetric[] all =
        [
            ListMetric.ItemCoverage(5), ListMetric.Gini(20), ListMetric.AveragePopularity(500), ListMetric.Novelty(20),
            ListMetric.IntraListDiversity(Modality.Image, 20),
        ];
        EvaluationResult one = Evaluate(scorer, data, 1, all);
        foreach (int threads in new[] { 2, 3, 8 })
            Evaluate(scorer, data, threads, all).ListMetrics.Should().Equal(one.ListMetrics);
        one.ListMetrics.Values.Should().OnlyContain(v => v > 0);
    }

    [Fact]
    public void Bounds_of_the_gini_index()
    {
        var same = new TableScorer(4, 5, (_, i) => i == 4 ? 1 : -1);
        ListMetric gini = ListMetric.Gini(1);
        new Evaluator(new EvaluationOptions { ListMetrics = [gini] }).Evaluate(same, Tiny, EvaluationTarget.Test)[gini]
            .Should().BeApproximately(0.8, 1e-12, "one item is all there is");
        ListMetric whole = ListMetric.Gini(5);
        RecDataset nothingSeen = new("tiny", Tiny.Users, Tiny.Items, Tiny.Splits with { Train = new InteractionSet(4, 5, [(3, 0)]) });
        new Evaluator(new EvaluationOptions { ListMetrics = [whole] }).Evaluate(same, nothingSeen, EvaluationTarget.Test)[whole]
            .Should().Be(0, "all items are shown to all");
    }

    [Fact]
    public void Lists_without_a_pair_or_without_an_item_have_no_figure_and_a_gini_of_0()
    {
        // One item has features: its cosine with itself, 1 but for rounding as its length is the root of 3, must not count as a pair.
        RecDataset rare = new("tiny", Tiny.Users, Tiny.Items, Tiny.Splits,
            [new ItemFeatures(Modality.Image, 5, 3, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])]);
        ListMetric diversity = ListMetric.IntraListDiversity(Modality.Image, 2), gini = ListMetric.Gini(2), novelty = ListMetric.Novelty(2);
        EvaluationResult single = Evaluate(Scorer, rare, 1, diversity);
        single[diversity].Should().Be(double.NaN);
        single.ToJson().Should().Contain("\"IntraListDiversity(image)@2\": null");

        var first = new FirstItem(2);
        EvaluationResult empty = Evaluate(new TableScorer(4, 5, (_, _) => float.NegativeInfinity), Tiny, 1, gini, novelty, first);
        (empty[gini], empty[novelty], empty[first]).Should().Be((0, double.NaN, double.NaN));
    }

    [Fact]
    public void Diversity_is_that_of_the_modality_that_was_asked_for()
    {
        RecDataset two = new("tiny", Tiny.Users, Tiny.Items, Tiny.Splits,
            [Tiny.Features[0], new ItemFeatures(Modality.Text, 5, 2, [1, 0, 1, 0, -1, 0, 1, 0, 1, 0])]);
        ListMetric image = ListMetric.IntraListDiversity(Modality.Image, 2), text = ListMetric.IntraListDiversity(Modality.Text, 2);
        EvaluationResult result = Evaluate(Scorer, two, 1, image, text);
        result[image].Should().BeApproximately(1 - Math.Sqrt(0.5), 1e-12);
        result[text].Should().BeApproximately((2 + 2 + 0) / 3.0, 1e-12);
    }

    [Fact]
    public void Names_are_read_as_they_are_written_and_others_are_refused()
    {
        foreach (ListMetric metric in new[]
        {
            ListMetric.ItemCoverage(3), ListMetric.Gini(20), ListMetric.AveragePopularity(1), ListMetric.Novelty(7),
            ListMetric.IntraListDiversity(new Modality("my-text"), 2),
        })
        {
            ListMetric.Parse(metric.ToString()).Should().Be(metric);
            JsonSerializer.Deserialize<ListMetric>(JsonSerializer.Serialize(metric)).Should().Be(metric);
            JsonSerializer.Deserialize<Dictionary<ListMetric, int>>($"{{\"{metric}\":1}}").Should().ContainKey(metric);
            ListMetric.Parse(metric.ToString().ToLowerInvariant()).Should().Be(metric);
        }

        foreach (string text in new[] { "", "Gini", "Gini@0", "Gini@-1", "Recall@20", "IntraListDiversity@20",
            "IntraListDiversity()@20", "IntraListDiversity(a b)@20", "IntraListDiversity(image)@1", "@", "(@5",
            $"IntraListDiversity({new string('x', 65)})@20" })
        {
            FluentActions.Invoking(() => ListMetric.Parse(text)).Should().Throw<FormatException>()
                .WithMessage("Expected a metric such as*");
            FluentActions.Invoking(() => JsonSerializer.Deserialize<ListMetric>($"\"{text}\"")).Should().Throw<JsonException>();
        }

        FluentActions.Invoking(() => JsonSerializer.Deserialize<ListMetric>("5")).Should().Throw<JsonException>()
            .WithMessage("Expected the name of a metric.");
    }

    [Fact]
    public void What_cannot_be_measured_is_refused_before_anything_is_ranked()
    {
        var options = new EvaluationOptions { ListMetrics = [ListMetric.IntraListDiversity(Modality.Audio, 5)] };
        FluentActions.Invoking(() => new Evaluator(options).Evaluate(Scorer, Tiny, EvaluationTarget.Test)).Should()
            .Throw<ArgumentException>().WithMessage("IntraListDiversity(audio)@5 asks for the features 'audio'; the dataset has image.*");
        FluentActions.Invoking(() => ListMetric.IntraListDiversity(Modality.Audio, 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => ListMetric.Gini(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new Evaluator().Evaluate(Scorer, Tiny, EvaluationTarget.Test)[ListMetric.Gini(3)]).Should()
            .Throw<KeyNotFoundException>().WithMessage("Gini@3 wasn't evaluated*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_a_metric_of_ones_own_throws_comes_out_as_it_is(int threads)
    {
        RecDataset data = Synthetic();
        var scorer = new EmbeddingScorer(Samples.Floats(data.Users.Count * 8, 1), Samples.Floats(data.Items.Count * 8, 2), 8);
        var metric = new PairMetric(2, data.Features[0], (_, _) => throw new InvalidDataException("no cosine"));
        Record.Exception(() => Evaluate(scorer, data, threads, metric)).Should().BeOfType<InvalidDataException>();
    }

    private static RecDataset Synthetic() => SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 300,
        Items = 120,
        Clusters = 8,
        Modalities = [new(Modality.Image, 12)],
    }).Data;

    private static EvaluationResult Evaluate(IItemScorer scorer, RecDataset data, int threads, params ListMetric[] metrics)
        => new Evaluator(new EvaluationOptions { Threads = threads, ListMetrics = metrics }).Evaluate(scorer, data, EvaluationTarget.Test);

    private sealed record FirstItem(int Cut) : ListMetric(Cut)
    {
        public override string Name => "First";

        public override double Compute(RankedLists lists) => lists.Average(list => list[0]);
    }

    /// <summary>A metric of one's own.</summary>
    private sealed record PairMetric(int Cut, ItemFeatures Features, Func<int, int, double> Cosine) : ListMetric(Cut)
    {
        public override string Name => "Pairs";

        public override double Compute(RankedLists lists) => lists.Average(list =>
        {
            int[] items = [.. list.ToArray().Where(i => Features.Present[i])];
            double[] pairs = [.. from a in items from b in items where a < b select 1 - Cosine(a, b)];
            return pairs.Length == 0 ? double.NaN : pairs.Average();
        });
    }
}
