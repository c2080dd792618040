using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.ItemToItem;

public sealed class ItemToItemBlendTests
{
    private static readonly RecDataset Data = SyntheticDataset.Create(
        new SyntheticOptions { Users = 200, Items = 90, Clusters = 6, Modalities = [new(Modality.Image, 6)] }).Data;

    private static readonly ItemToItemModel Part = ItemToItemModel.Solve(Data, new ItemToItemOptions { L2 = 5, ContentWeight = 5 });

    private static readonly EmbeddingScorer Noise =
        new(Samples.Floats(Data.Users.Count * 4, 1), Samples.Floats(Data.Items.Count * 4, 2), 4);

    private static readonly RecDataset Unvalidated = new("unvalidated", Data.Users, Data.Items,
        new InteractionSplits(Data.Train, new InteractionSet(Data.Users.Count, Data.Items.Count, []), Data.Test), []);

    [Fact]
    public void The_figure_of_each_weight_is_what_the_evaluator_measures()
    {
        foreach (RankingMetric metric in new[] { RankingMetric.Recall(20), RankingMetric.Ndcg(5) })
        {
            ItemToItemBlend all = ItemToItemBlend.Choose(Noise, Part, Data, metric: metric);
            foreach (BlendTrial trial in all.Trials)
            {
                ItemToItemBlend one = Forced(trial.Weight, trial.PopularityWeight);
                var known = new UnknownUserScorer(one.Over(Noise), Data.Train);
                new Evaluator(new EvaluationOptions { Metrics = [metric] }).Evaluate(known, Data, EvaluationTarget.Validation)[metric]
                    .Should().BeApproximately(trial.Value, 1e-12);
            }
        }
    }

    [Fact]
    public void A_blend_has_the_options_that_its_part_was_solved_by_and_the_weights_that_it_tried()
    {
        var options = new ItemToItemOptions { L2 = 99, BlendWeights = [0, 2], PopularityWeights = [0] };
        ItemToItemBlend blend = ItemToItemBlend.Choose(Noise, Part, Data, options);
        (blend.Options.L2, blend.Options.ContentWeight).Should().Be((5, 5));
        blend.Options.BlendWeights.Should().Equal(0, 2);
        blend.Trials.Select(t => t.Weight).Should().OnlyContain(weight => weight == 0 || weight == 2);
        ItemToItemBlend.Choose(Noise, Part, Data).Options.Should().Be(Part.Options);
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1, 5000)]
    [InlineData(7, 333)]
    public void Items_that_are_all_as_popular_are_no_more_popular_than_those_of_which_nothing_is_known(int users, int items)
    {
        ItemPopularity.Of([.. Enumerable.Repeat(users, items), 0, 0]).Should().OnlyContain(p => p == 0);
        ItemPopularity.Of([.. Enumerable.Repeat(users, items), users + 1, 0]).Should().Contain(p => p > 0).And.Contain(p => p < 0);
        ItemPopularity.Of([0, 0]).Should().Equal(0, 0);
    }

    [Fact]
    public void What_a_weight_stands_for_is_measured_on_users_that_have_items()
    {
        const int Users = 4000, Known = 1999;
        (int, int)[] train = [.. Enumerable.Range(0, 20).Select(n => (Known, n)), .. Enumerable.Range(0, 19).Select(n => (0, n))];
        InteractionSet Each(int item) => new(Users, 40, [.. Enumerable.Range(1, Users - 1).Select(u => (u, item))]);
        RecDataset data = new("guests", new IdMap(Enumerable.Range(0, Users).Select(u => $"u{u}")),
            new IdMap(Enumerable.Range(0, 40).Select(i => $"i{i}")),
            new InteractionSplits(new InteractionSet(Users, 40, train), Each(30), Each(31)), []);
        var model = new EmbeddingScorer(Samples.Floats(Users * 4, 1), Samples.Floats(40 * 4, 2), 4);
        ItemToItemModel part = ItemToItemModel.Solve(data, new ItemToItemOptions { L2 = 5 });
        float[] alone = new float[40], both = new float[40];
        var options = new ItemToItemOptions { BlendWeights = [1], PopularityWeights = [0] };
        ItemToItemBlend blend = ItemToItemBlend.Choose(model, part, data, options);
        model.Score([Known], alone);
        blend.Over(model).Score([Known], both);
        both.Should().NotEqual(alone);
    }

    [Fact]
    public void Scores_of_ranges_of_items_are_those_of_all_to_the_bit()
    {
        int[] users = [3, 0, 7];
        int items = Data.Items.Count;
        foreach (IItemScorer scorer in new IItemScorer[]
        {
            Noise, Part, Forced(0.3, 0.4).Over(Noise), new UnknownUserScorer(Forced(0.3, 0.4).Over(Noise), Data.Train),
        })
        {
            float[] all = new float[users.Length * items], joined = new float[all.Length];
            scorer.Score(users, all);
            IRangeScorer ranges = scorer.Should().BeAssignableTo<IRangeScorer>().Subject;
            ranges.RangeStep.Should().BeLessThan(items);
            for (int first = 0, count; first < items; first += count)
            {
                count = Math.Min(ranges.RangeStep, items - first);
                float[] some = new float[users.Length * count];
                ranges.Score(users, first, count, some);
                for (int n = 0; n < users.Length; n++)
                    some.AsSpan(n * count, count).CopyTo(joined.AsSpan((n * items) + first));
            }

            joined.Should().Equal(all, scorer.GetType().Name);
        }
    }

    [Fact]
    public void The_largest_catalogue_that_is_exact_by_default()
    {
        long most = new ItemToItemOptions().MaxMatrixBytes;
        DRepMRec.Kernels.SymmetricMatrix.Bytes(31_744).Should().BeLessThanOrEqualTo(most);
        DRepMRec.Kernels.SymmetricMatrix.Bytes(31_745).Should().BeGreaterThan(most);
    }

    [Fact]
    public void Scores_are_the_model_and_the_scaled_mean()
    {
        ItemToItemBlend blend = Forced(0.3, 0.4);
        float[] popularity = Popularity(Data);
        float[] together = new float[Data.Items.Count], model = new float[Data.Items.Count], part = new float[Data.Items.Count];
        for (int user = 0; user < 20; user++)
        {
            blend.Over(Noise).Score([user], together);
            Noise.Score([user], model);
            Part.Score([user], part);
            for (int item = 0; item < together.Length; item++)
            {
                double beside = (blend.Factors.Part * part[item]) + (blend.Factors.Popularity * popularity[item]);
                ((double)together[item]).Should().BeApproximately(model[item] + (Noise.Length(user) * beside), 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_terms_spread_alike_at_a_weight_of_one(bool hasValidation)
    {
        RecDataset data = hasValidation ? Data : Unvalidated;
        ItemToItemBlend blend = Forced(1, 1, data);
        double model = 0, part = 0, popularity = 0;
        float[] logarithms = Popularity(Data);
        var scores = new float[Data.Items.Count];
        foreach (int user in Enumerable.Range(0, Data.Users.Count)
            .Where(u => !(hasValidation && Data.Validation.ItemsOf(u).IsEmpty) && !Data.Train.ItemsOf(u).IsEmpty))
        {
            Noise.Score([user], scores);
            model += Deviation(scores);
            Part.Score([user], scores);
            part += Deviation(scores) * blend.Factors.Part * Noise.Length(user);
            popularity += Deviation(logarithms) * blend.Factors.Popularity * Noise.Length(user);
        }

        (part / model).Should().BeApproximately(1, 1e-4);
        (popularity / model).Should().BeApproximately(1, 1e-4);
    }

    [Fact]
    public void Noise_takes_the_part_and_the_answer_itself_leaves_it()
    {
        ItemToItemBlend.Choose(Noise, Part, Data).Weight.Should().BeGreaterThan(0);
        int items = Data.Items.Count;
        float[] users = new float[Data.Users.Count * items], rows = new float[items * items];
        for (int item = 0; item < items; item++)
            rows[(item * items) + item] = 1;
        for (int user = 0; user < Data.Users.Count; user++)
        {
            foreach (int item in Data.Validation.ItemsOf(user))
                users[(user * items) + item] = 1;
        }

        var oracle = new EmbeddingScorer(users, rows, items);
        ItemToItemBlend none = ItemToItemBlend.Choose(
            oracle, Part, Data, new ItemToItemOptions { BlendWeights = [0, 50], PopularityWeights = [0, 50] }, RankingMetric.Ndcg(1));
        (none.Weight, none.PopularityWeight, none.IsEmpty).Should().Be((0, 0, true));
        none.Over(oracle).Should().BeSameAs(oracle);
    }

    [Theory]
    [InlineData(9_999, false)]
    [InlineData(10_000, false)]
    [InlineData(9_999, true)]
    [InlineData(10_000, true)]
    public void Ranks_decide_in_small_data_and_the_metric_in_others(int interactions, bool popularity)
    {
        RecDataset data = Drawn(interactions);
        ItemToItemModel part = ItemToItemModel.Solve(data, new ItemToItemOptions { L2 = 5 });
        EmbeddingScorer noise = new(Samples.Floats(data.Users.Count * 4, 1), Samples.Floats(data.Items.Count * 4, 2), 4);
        ItemToItemOptions Weights(params double[] weights) => popularity
            ? new() { BlendWeights = [0], PopularityWeights = weights }
            : new() { BlendWeights = weights, PopularityWeights = [0] };
        double[] tried = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 1.5, 2, 3, 5, 10];
        ItemToItemBlend chosen = ItemToItemBlend.Choose(noise, part, data, Weights(tried), RankingMetric.Recall(5));
        BlendTrial best = chosen.Trials.MaxBy(trial => trial.Value)!;
        double byMetric = popularity ? best.PopularityWeight : best.Weight;
        double byRanks = tried.MinBy(weight => LogRanks(ItemToItemBlend.Choose(noise, part, data, Weights(weight)).Over(noise), data));
        byMetric.Should().NotBe(byRanks, "the two rules are told apart");
        (popularity ? chosen.PopularityWeight : chosen.Weight).Should().Be(interactions < 10_000 ? byRanks : byMetric);
    }

    // Each of 1,000 users has as many items as any other, or one more, and two for validation.
    private static RecDataset Drawn(int interactions)
    {
        const int Users = 1000, Items = 40;
        var random = new SeededRandom(5);
        List<(int, int)> train = [], validation = [];
        for (int user = 0; user < Users; user++)
        {
            int count = (interactions / Users) + (user < interactions % Users ? 1 : 0);
            int[] items = [.. Enumerable.Range(0, Items).OrderBy(item => random.NextSingle() * (item % 4 == user % 4 ? 0.5f : 1))];
            train.AddRange(items[..count].Select(item => (user, item)));
            validation.AddRange(items[count..(count + 2)].Select(item => (user, item)));
        }

        InteractionSet Set(List<(int, int)> pairs) => new(Users, Items, pairs);
        IdMap Ids(string prefix, int count) => new(Enumerable.Range(0, count).Select(n => $"{prefix}{n}"));
        return new RecDataset("drawn", Ids("u", Users), Ids("i", Items), new InteractionSplits(Set(train), Set(validation), Set([])));
    }

    private static double LogRanks(IItemScorer scorer, RecDataset data)
    {
        double sum = 0;
        var scores = new float[data.Items.Count];
        for (int user = 0; user < data.Users.Count; user++)
        {
            scorer.Score([user], scores);
            float[] others = [.. Enumerable.Range(0, scores.Length).Where(i => !data.Train.Contains(user, i)).Select(i => scores[i])];
            foreach (int item in data.Validation.ItemsOf(user))
                sum += Math.Log((others.Count(s => s > scores[item]) + others.Count(s => s >= scores[item]) + 1) / 2.0);
        }

        return sum;
    }

    [Fact]
    public void The_choice_does_not_depend_on_the_number_of_threads()
        => ItemToItemBlend.Choose(Noise, Part, Data, evaluation: new EvaluationOptions { Threads = 3 }).Trials
            .Should().Equal(ItemToItemBlend.Choose(Noise, Part, Data, evaluation: new EvaluationOptions { Threads = 1 }).Trials);

    [Fact]
    public void Users_without_items_go_by_numbers_of_users_at_any_weight()
    {
        // User 9 has nothing in training and chose item 0, which 4 users have: it's the second of three at any weight.
        (int, int)[] train = [.. Enumerable.Range(0, 4).Select(u => (u, 0)), .. Enumerable.Range(0, 8).Select(u => (u, 1)), (8, 2)];
        InteractionSet Set((int, int)[] pairs) => new(10, 4, pairs);
        IdMap Ids(int count) => new(Enumerable.Range(0, count).Select(n => $"{n}"));
        var data = new RecDataset("ten", Ids(10), Ids(4), new InteractionSplits(Set(train), Set([(9, 0), (9, 3)]), Set([])));
        float[] users = Samples.Floats(40, 1), items = Samples.Floats(16, 2);
        ItemToItemBlend blend = ItemToItemBlend.Choose(new EmbeddingScorer(users, items, 4), ItemToItemModel.Solve(data), data,
            new ItemToItemOptions { BlendWeights = [0, 5], PopularityWeights = [0, 10, 1000] }, RankingMetric.Ndcg(3));
        blend.Trials.Select(t => t.Value).Distinct().Should().ContainSingle();
        (blend.Weight, blend.PopularityWeight).Should().Be((0, 0), "nothing speaks for another weight");

        ItemToItemBlend given = ItemToItemBlend.Choose(new EmbeddingScorer(users, items, 4), ItemToItemModel.Solve(data), data,
            new ItemToItemOptions { BlendWeights = [0.5], PopularityWeights = [0.25] });
        (given.Weight, given.PopularityWeight, given.IsEmpty).Should().Be((0.5, 0.25, false), "weights that are given are taken");
    }

    [Fact]
    public void A_metric_without_a_cut_off_is_refused_by_its_name()
        => FluentActions.Invoking(() => ItemToItemBlend.Choose(Noise, Part, Data, metric: default(RankingMetric))).Should()
            .Throw<ArgumentException>().WithMessage("metric must have a cut-off*").Which.ParamName.Should().Be("metric");

    [Fact]
    public void Items_that_nobody_has_are_as_popular_as_a_mean_one()
    {
        // 1, 1 and 8 users, and one item without any: 1 is below the mean logarithm and 8 above it.
        var train = new InteractionSet(10, 4, [(0, 0), (1, 1), .. Enumerable.Range(2, 8).Select(user => (user, 3))]);
        ItemToItemModel part = ItemToItemModel.Solve(train, [], new ItemToItemOptions(), FeatureScaling.None, CancellationToken.None);
        double low = Math.Log(2), high = Math.Log(9), mean = ((2 * low) + high) / 3;
        float[] expected = [(float)((low - mean) / high), (float)((low - mean) / high), 0, (float)((high - mean) / high)];
        part.Popularity.Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Popularity_is_weighed_beside_the_best_weight_and_that_once_more_beside_it()
    {
        // Noise is worth nothing, so that the numbers of users are worth something.
        var options = new ItemToItemOptions { BlendWeights = [0.5, 0, 0.1], PopularityWeights = [2, 0] };
        ItemToItemBlend blend = ItemToItemBlend.Choose(Noise, Part, Data, options);
        double Best(Func<BlendTrial, bool> among) => blend.Trials.Where(among).MaxBy(t => t.Value)!.Weight;
        double first = Best(t => t.PopularityWeight == 0);
        (double, double)[] expected =
            [(0, 0), (0.1, 0), (0.5, 0), (first, 2), .. new[] { 0, 0.1, 0.5 }.Where(w => w != first).Select(w => (w, 2.0))];
        blend.Trials.Select(t => (t.Weight, t.PopularityWeight)).Should().Equal(expected);
        blend.PopularityWeight.Should().Be(2);
        blend.Trials.Max(t => t.Value).Should().Be(blend.FigureOf(blend.Weight, 2));
        blend.FigureOf(3, 0).Should().Be(double.NaN);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var other = new EmbeddingScorer([1, 2], [1, 2, 3], 1);
        FluentActions.Invoking(() => ItemToItemBlend.Choose(other, Part, Data)).Should().Throw<ArgumentException>()
            .WithMessage($"Expected representations of {Data.Users.Count} users and {Data.Items.Count} items, got 2 and 3.*");
        FluentActions.Invoking(() => Forced(0.3, 0).Over(other)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => ItemToItemBlend.Choose(Noise, Part, Unvalidated)).Should().Throw<ArgumentException>()
            .WithMessage("Expected validation interactions in 'unvalidated' to choose the weights by, or one weight in each of "
                + "BlendWeights and PopularityWeights, got neither.");
        FluentActions.Invoking(() => new ItemToItemOptions { Neighbors = 20_001 }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*Neighbors*");
        FluentActions.Invoking(() => new ItemToItemOptions { BlendWeights = [] }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new ItemToItemOptions { BlendWeights = [-1] }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*BlendWeights*");
        FluentActions.Invoking(() => new ItemToItemOptions { PopularityWeights = [] }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new ItemToItemOptions { PopularityWeights = [-1] }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*PopularityWeights*");
    }

    private static ItemToItemBlend Forced(double weight, double popularity, RecDataset? data = null) => ItemToItemBlend.Choose(
        Noise, Part, data ?? Data, new ItemToItemOptions { BlendWeights = [weight], PopularityWeights = [popularity] });

    // Less the mean of the items that somebody has; nothing is known of the others.
    private static float[] Popularity(RecDataset data)
    {
        int[] degrees = data.Train.ItemDegrees();
        double most = degrees.Max(d => Math.Log(1 + d)), mean = degrees.Where(d => d > 0).Average(d => Math.Log(1 + d) / most);
        return [.. degrees.Select(d => d == 0 ? 0 : (float)((Math.Log(1 + d) / most) - mean))];
    }

    private static double Deviation(float[] scores)
    {
        double mean = scores.Average();
        return Math.Sqrt(scores.Average(s => Math.Pow(s - mean, 2)));
    }
}
