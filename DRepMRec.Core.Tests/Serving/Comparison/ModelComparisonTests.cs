using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving.Comparison;

public sealed class ModelComparisonTests
{
    private static readonly Lazy<Recommender> Trained = new(() => Served.Build(new DRepMRecOptions { Seed = 7 }, epochs: 3));

    private static readonly ModelComparisonOptions Two = new() { Request = new RecommendationRequest { Count = 2 }, Persistence = 0.5 };

    // One number per user and item: the scores are the items' numbers for u and v, and the same ones the other way round for w.
    private static readonly Recommender Old = Model(["u", "v", "w", "gone"], [1, 1, -1, 1], ["a", "b", "c", "d", "x"], [5, 4, 3, 2, 1]);
    private static readonly Recommender New = Model(["new", "u", "v", "w"], [1, 1, 1, -1], ["a", "b", "c", "d", "y"], [4, 5, 3, 2, 4.5f]);

    [Fact]
    public async Task What_changes_is_counted_as_by_hand()
    {
        // Lists of two. Old: u and v get a b, w gets x d. New: u and v get b y, w gets d c.
        ModelComparison report = await ModelComparison.CompareAsync(Old, New, Two);
        report.Users.Should().BeEquivalentTo(new IdChanges(3, 1, 1, ["new"], ["gone"]));
        report.Items.Should().BeEquivalentTo(new IdChanges(4, 1, 1, ["y"], ["x"]));
        (report.Lists, report.SameLists, report.ReorderedLists, report.Depth).Should().Be((3, 0, 0, 2));
        report.ChangedShare.Should().Be(1);
        report.MeanCommonItems.Should().Be(0.5);

        // Each pair of lists shares nothing at depth 1 and one item at depth 2: 1/2 * 1/4 + 1/2 * 1/4.
        report.Overlap.Should().Be(new OverlapDistribution(0.25, 0.25, 0.25, 0.25, 0.25, 0.25));
        report.Sources.Should().Equal(new SourceChange(RecommendationSource.User, RecommendationSource.User, 3));
        report.OldRecommended.Different.Should().Be(4);
        report.NewRecommended.Different.Should().Be(4);
        report.Rising.Should().Equal(new ItemChange("y", 0, 2, false, true), new ItemChange("c", 0, 1, true, true));
        report.Falling.Should().Equal(new ItemChange("a", 2, 0, true, true), new ItemChange("x", 1, 0, true, false));
        report.MostChanged.Select(c => c.User).Should().Equal("u", "v", "w");
        report.MostChanged[2].Old.Should().Equal("x", "d");
        report.MostChanged[2].New.Should().Equal("d", "c");
        ChangeReasons why = report.Reasons;
        (why.Entered, why.EnteredAsNew, why.EnteredByOtherSource).Should().Be((3, 2, 0));
        (why.Left, why.LeftAsVanished, why.LeftAsChosen).Should().Be((3, 1, 0));
        (why.ExplainedUsers, why.Shares.Count).Should().Be((0, 0), "every exchange is with an item that one of the models doesn't have");
        why.Unexplained.Should().BeNull("nothing was to be explained");
    }

    [Fact]
    public async Task What_users_chose_since_and_other_sources_are_reasons()
    {
        string[] users = ["u", "cold"], items = ["a", "b", "c"];
        Recommender before = Recommender.FromEmbeddings(users, [1f, 0], items, [3, 2, 1], new InteractionSet(2, 3, [(0, 2)]));
        var since = new InteractionSet(2, 3, [(0, 0), (0, 2), (1, 2)]);
        Recommender after = Recommender.FromEmbeddings(users, [1f, 1], items, [3, 2, 1], since);
        ModelComparison report = await ModelComparison.CompareAsync(
            before, after, Two with { Request = new RecommendationRequest { Count = 1 } });
        report.Reasons.LeftAsChosen.Should().Be(2, "u chose a, and cold chose c, which was popular");
        report.Reasons.EnteredByOtherSource.Should().Be(1, "cold has a row now");
        (report.Reasons.EnteredMeanUsers, report.Reasons.LeftMeanUsers).Should().Be((0.5, 1.5), "b and a came in, a and c left");
        (report.OldRecommended.MeanUsers, report.NewRecommended.MeanUsers).Should().Be((1.5, 0.5));
        report.Reasons.Unexplained.Should().BeNull("what left was chosen, so that there is nothing to explain");
        report.Sources.Should().Equal(
            new SourceChange(RecommendationSource.User, RecommendationSource.User, 1),
            new SourceChange(RecommendationSource.Popularity, RecommendationSource.User, 1));
    }

    [Fact]
    public async Task A_model_is_like_itself()
    {
        ModelComparison report = await ModelComparison.CompareAsync(Served.Recommender, Served.Recommender);
        report.Overlap.Lowest.Should().BeApproximately(1, 1e-12);
        (report.SameLists, report.Lists, report.ChangedShare).Should().Be((300, 300, 0));
        (report.MostChanged.Count, report.Rising.Count, report.Options.Count, report.Reasons.Entered).Should().Be((0, 0, 0, 0));
        new ModelComparisonLimits
        {
            MinOverlap = 0.9999,
            MaxChangedLists = 0,
            MaxVanishedItems = 0,
            MaxVanishedUsers = 0,
            MinDifferentItems = 1,
        }.Exceeded(report).Should().BeEmpty();
    }

    [Fact]
    public async Task Trained_models_differ_for_reasons_that_add_up_whatever_the_threads()
    {
        Recommender other = Trained.Value;
        ModelComparison report = await ModelComparison.CompareAsync(Served.Recommender, other, new ModelComparisonOptions { Threads = 1 });
        report.ChangedShare.Should().BeGreaterThan(0.5);
        report.Reasons.ExplainedUsers.Should().BeGreaterThan(100);
        report.Reasons.Shares.Keys.Should().Equal("behavior", "image", "text");
        report.Reasons.Shares.Values.Sum().Should().BeApproximately(1, 1e-9);
        report.MostChanged.Where(c => c.OldSource == RecommendationSource.User).Should()
            .OnlyContain(c => Math.Abs(c.Shares.Values.Sum() - 1) < 1e-9);
        report.MostChanged.Select(c => c.Overlap).Should().BeInAscendingOrder();
        report.Options.Select(o => o.Name).Should().Contain(name => name.Contains("Seed"));
        string json = JsonSerializer.Serialize(report);
        JsonSerializer.Serialize(await ModelComparison.CompareAsync(Served.Recommender, other, new ModelComparisonOptions { Threads = 3 }))
            .Should().Be(json);
        ModelComparison read = JsonSerializer.Deserialize<ModelComparison>(json)!;
        JsonSerializer.Serialize(read).Should().Be(json);
        read.ToMarkdown().Should().Be(report.ToMarkdown());
    }

    [Fact]
    public async Task Shares_are_those_of_a_plain_computation()
    {
        Recommender before = Served.Recommender, after = Trained.Value;
        ModelComparison report = await ModelComparison.CompareAsync(before, after, Two with { Named = 300 });
        string[] parts = ["behavior", "image", "text"];
        double[] whole = new double[parts.Length];
        double oldUnit = Unit(before), newUnit = Unit(after);
        foreach (UserChange change in report.MostChanged)
        {
            string[] cameIn = [.. change.New.Except(change.Old)], left = [.. change.Old.Except(change.New)];
            if (cameIn.Length == 0)
                continue;
            double[] rises = [.. parts.Select(part => (Margin(after, part) / newUnit) - (Margin(before, part) / oldUnit))];
            rises.Sum().Should().BePositive("what came in got ahead of what left");
            for (int n = 0; n < parts.Length; n++)
            {
                change.Shares[parts[n]].Should().BeApproximately(rises[n] / rises.Sum(), 1e-6);
                whole[n] += cameIn.Length * rises[n];
            }

            double Margin(Recommender model, string part)
                => cameIn.Average(item => Part(model, change.User, item, part))
                    - left.Average(item => Part(model, change.User, item, part));
        }

        report.MostChanged.Select(c => c.New.Intersect(c.Old).Count()).Distinct().Should().Contain([0, 1]);
        for (int n = 0; n < parts.Length; n++)
            report.Reasons.Shares[parts[n]].Should().BeApproximately(whole[n] / whole.Sum(), 1e-6);

        static double Part(Recommender model, string user, string item, string part)
        {
            Explanation why = model.Explain(user, item)!;
            return part == "behavior" ? why.Behavior!.Value : why.Modalities[new Modality(part)];
        }

        static double Unit(Recommender model)
            => model.Users.Select(user => model.Recommend(user, 2)).Where(list => list.Source == RecommendationSource.User)
                .Average(list => list[0].Score - (double)list[1].Score);
    }

    [Fact]
    public async Task As_many_lists_are_named_as_was_asked_the_most_changed_first()
    {
        ModelComparison ten = await ModelComparison.CompareAsync(Served.Recommender, Trained.Value),
            one = await ModelComparison.CompareAsync(Served.Recommender, Trained.Value, new ModelComparisonOptions { Named = 1 });
        one.MostChanged.Single().User.Should().Be(ten.MostChanged[0].User);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(7, 5, 7)]
    [InlineData(100, 60, 100)]
    [InlineData(300, 200, 300)]
    public async Task As_many_users_are_explained_as_was_asked(int asked, int least, int most)
    {
        Recommender other = Trained.Value;
        var options = new ModelComparisonOptions { ExplainedUsers = asked, Request = new RecommendationRequest { Count = 1 } };
        ModelComparison report = await ModelComparison.CompareAsync(Served.Recommender, other, options);
        report.Reasons.ExplainedUsers.Should().BeInRange(least, most);
        report.Reasons.Shares.Values.Sum().Should().BeApproximately(asked > 0 ? 1 : 0, 1e-9, "lists of one have no unit, which is 1 then");
        report.MostChanged.Should().HaveCount(10);
    }

    [Fact]
    public async Task What_an_item_to_item_part_changes_is_its_share()
    {
        RecDataset data = Served.Data;
        var options = new ItemToItemOptions { L2 = 5, BlendWeights = [1], PopularityWeights = [1] };
        float[] users = Samples.Floats(data.Users.Count * 6, 3), items = Samples.Floats(data.Items.Count * 6, 4);
        ItemToItemBlend blend = ItemToItemBlend.Choose(
            new EmbeddingScorer(users, items, 6), ItemToItemModel.Solve(data, options), data, options);
        Recommender trained = Served.Recommender, blended = trained.WithItemToItem(blend);
        ChangeReasons why = (await ModelComparison.CompareAsync(trained, blended)).Reasons;
        why.ExplainedUsers.Should().BePositive();
        why.Shares.Keys.Should().Equal("behavior", "image", "text", "item-to-item", "popularity");
        why.Shares.Values.Sum().Should().BeApproximately(1, 1e-9);
        why.Shares["item-to-item"].Should().BePositive("it came");
        why.Shares["popularity"].Should().BePositive("it came too");
    }

    [Fact]
    public async Task A_modality_that_is_called_as_a_part_has_a_share_of_its_own()
    {
        RecDataset data = SyntheticDataset.Create(
            new SyntheticOptions { Users = 60, Items = 40, Clusters = 4, Modalities = [new(new Modality("popularity"), 6)] }).Data;
        using var model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8 });
        Recommender trained = new Trainer(model, data, new TrainerOptions { MaxEpochs = 2 }).Fit().BuildRecommender();
        var options = new ItemToItemOptions { BlendWeights = [0], PopularityWeights = [1] };
        ItemToItemBlend blend = ItemToItemBlend.Choose(
            new EmbeddingScorer(Samples.Floats(data.Users.Count, 3), Samples.Floats(data.Items.Count, 4), 1),
            ItemToItemModel.Solve(data, options), data, options);
        ChangeReasons why = (await ModelComparison.CompareAsync(trained, trained.WithItemToItem(blend))).Reasons;
        why.Shares.Keys.Should().Equal("behavior", "modality popularity", "popularity");
        why.Shares["popularity"].Should().BePositive("it came");
    }

    [Fact]
    public async Task What_users_have_is_compared_as_the_rest_where_it_is_asked_for_too()
    {
        // Both models have b for u. Old: a b, new: a c.
        var has = new InteractionSet(1, 3, [(0, 1)]);
        Recommender before = Recommender.FromEmbeddings(["u"], [1f, 0], ["a", "b", "c"], [3, 0, 2, 0, 1, 0], has),
            after = Recommender.FromEmbeddings(["u"], [1f, 0], ["a", "b", "c"], [3, 0, 1, 0, 2, 0], has);
        var asked = new RecommendationRequest { Count = 2, ExcludeSeen = false };
        ChangeReasons why = (await ModelComparison.CompareAsync(before, after, new ModelComparisonOptions { Request = asked })).Reasons;
        (why.Left, why.LeftAsChosen).Should().Be((1, 0), "u had b before too");
    }

    [Fact]
    public async Task Progress_ends_with_the_last_user_and_no_more_threads_rank_than_was_asked()
    {
        var told = new List<ExportProgress>();
        int ranking = 0, most = 0;
        bool Counts(string item)
        {
            int now = Interlocked.Increment(ref ranking);
            most = Math.Max(most, now);
            Thread.Yield();
            Interlocked.Decrement(ref ranking);
            return true;
        }

        var options = new ModelComparisonOptions { Threads = 1, Request = new RecommendationRequest { Filter = Counts } };
        await ModelComparison.CompareAsync(Served.Recommender, Trained.Value, options, new Told(told));
        told.Select(p => p.Done).Should().Equal(48, 96, 144, 192, 240, 288, 300);
        told.Should().OnlyContain(p => p.Total == 300);
        most.Should().Be(1);
    }

    private sealed class Told(List<ExportProgress> all) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => all.Add(value);
    }

    [Fact]
    public async Task Files_are_compared_too_and_given_users_alone()
    {
        using var folder = new TempFolder();
        Old.Save(folder["old"]);
        New.Save(folder["new"]);
        ModelComparison report = await ModelComparison.CompareAsync(
            folder["old"], folder["new"], Two with { Users = ["w", "nobody", "w", "gone"] });
        (report.Lists, report.NotCompared).Should().Be((1, 2));
        report.MostChanged.Single().User.Should().Be("w");
        report.Old.DataChecksum.Should().NotBe(report.New.DataChecksum);
    }

    [Fact]
    public async Task Limits_that_are_exceeded_are_named()
    {
        ModelComparison report = await ModelComparison.CompareAsync(Old, New, Two);
        new ModelComparisonLimits().Exceeded(report).Should().BeEmpty("nothing is looked at");
        ModelComparison none = report with { Items = new IdChanges(0, 0, 0, [], []) };
        new ModelComparisonLimits().Exceeded(none).Should().BeEmpty("nothing is looked at");
        new ModelComparisonLimits { MaxVanishedItems = 0 }.Exceeded(none).Should().BeEmpty("nothing has vanished");
        new ModelComparisonLimits
        {
            MinOverlap = 0.3,
            MaxChangedLists = 0.9,
            MaxVanishedUsers = 0.2,
            MaxVanishedItems = 0.1,
            MinDifferentItems = 1.5,
        }.Exceeded(report).Should().Equal(
            "The mean rank-biased overlap is 0.2500, below 0.3.", "The share of lists that change is 1.0000, above 0.9.",
            "The share of users that vanish is 0.2500, above 0.2.", "The share of items that vanish is 0.2000, above 0.1.",
            "The number of different items that are recommended, as a share of those before, is 1.0000, below 1.5.");
    }

    [Fact]
    public async Task Bad_input_is_refused()
    {
        Func<Task> nobody = () => ModelComparison.CompareAsync(Old, Model(["z"], [1], ["a"], [1]));
        await nobody.Should().ThrowAsync<ArgumentException>().WithMessage("There is no user to compare*");
        FluentActions.Invoking(() => new ModelComparisonOptions { Request = new RecommendationRequest { UserId = "u" } }).Should()
            .Throw<ArgumentException>().WithMessage("*without a user*").And.ParamName.Should().Be("Request");
        foreach (double persistence in new[] { 0, 1, -0.5, double.NaN })
        {
            FluentActions.Invoking(() => new ModelComparisonOptions { Persistence = persistence }).Should()
                .Throw<ArgumentOutOfRangeException>().WithMessage("Expected a persistence above 0 and below 1.*");
        }

        new ModelComparisonOptions { Persistence = 0.25 }.Persistence.Should().Be(0.25);
        FluentActions.Invoking(() => new ModelComparisonLimits { MaxChangedLists = 30 }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("MaxChangedLists must be from 0 to 1.*");
        FluentActions.Invoking(() => new ModelComparisonLimits { MinOverlap = -0.1 }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ModelComparisonLimits { MinDifferentItems = -1 }).Should().Throw<ArgumentOutOfRangeException>();
        Func<Task> stopped = () => ModelComparison.CompareAsync(Old, New, cancellationToken: new CancellationToken(true));
        await stopped.Should().ThrowAsync<OperationCanceledException>();
        Action limit = () => _ = new ModelComparisonOptions { Named = -1 };
        limit.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Recommender Model(string[] users, float[] userRows, string[] items, float[] itemRows)
        => Recommender.FromEmbeddings(users, userRows, items, itemRows);
}
