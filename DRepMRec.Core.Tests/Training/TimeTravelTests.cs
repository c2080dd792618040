using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

/// <summary>The replay of a log.</summary>
public sealed class TimeTravelTests
{
    private static readonly RecDataset World = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 50,
        Items = 40,
        Clusters = 4,
        Modalities = [new(Modality.Image, 6)],
    }).Data;

    private static readonly Interaction[] Log = [.. Rows(World)];

    // The last items have none.
    private static readonly FeatureTable[] Pictures = [.. World.Features.Select(f => new FeatureTable(
        f.Modality, [.. World.Items.Ids.SkipLast(3)], f.Dimension, f.Values[..^(3 * f.Dimension)].ToArray()))];

    private static readonly TimeTravelOptions Options = new()
    {
        FirstShare = 0.6,
        Windows = 4,
        Model = new DRepMRecOptions { EmbeddingDim = 8 },
        Training = new TrainerOptions { MaxEpochs = 2, BatchSize = 256 },
        WarmStartEpochs = 1,
        Policies =
        [
            UpdatePolicy.Never, UpdatePolicy.FoldIn, UpdatePolicy.Refresh, UpdatePolicy.WarmStartEvery(2, refreshes: true),
            UpdatePolicy.TrainEveryFromNothing(2),
        ],
    };

    private static readonly Lazy<TimeTravelReport> Replayed = new(() => new TimeTravel(Log, Pictures).Run(Options));

    [Fact]
    public void Folding_in_moves_known_users_who_went_on()
    {
        Interaction[] mixed = [.. Log];
        new Random(1).Shuffle(mixed);
        TimeTravelReport report = new TimeTravel(mixed.Select((i, n) => i with { Timestamp = n }), Pictures)
            .Run(Options with { Windows = 2, Policies = [UpdatePolicy.Never, UpdatePolicy.FoldIn] });
        double[] never = Figures("never"), foldIn = Figures("fold-in");
        foldIn[0].Should().Be(never[0]);
        foldIn[1].Should().NotBe(never[1]);

        double[] Figures(string policy) => [.. report.Of(policy).Select(w => w.Figures[RankingMetric.Ndcg(20)])];
    }

    [Fact]
    public void Rows_that_are_not_finite_are_no_features()
    {
        FeatureTable[] broken = [.. Pictures.Select(table =>
        {
            float[] values = table.Values.ToArray();
            for (int row = 0; row < values.Length; row += 2 * table.Dimension)
                values[row] = float.NaN;
            return new FeatureTable(table.Modality, [.. World.Items.Ids.SkipLast(3)], table.Dimension, values);
        })];
        TimeTravelReport report = new TimeTravel(Log, broken)
            .Run(Options with { FirstShare = 0.1, Windows = 2, Policies = [UpdatePolicy.Refresh] });
        report.Windows.Should().OnlyContain(w => w.Users > 0);
    }

    [Fact]
    public void Content_that_comes_in_later_begins_a_training_from_nothing()
    {
        HashSet<string> early = [.. Log.Where(i => i.Timestamp < Log.Min(j => j.Timestamp) + 40).Select(i => i.Item)];
        FeatureTable[] late = [.. Pictures.Select(table =>
        {
            int[] rows = [.. Enumerable.Range(0, table.ItemIds.Count).Where(n => !early.Contains(table.ItemIds[n]))];
            return new FeatureTable(table.Modality, [.. rows.Select(n => table.ItemIds[n])], table.Dimension,
                rows.SelectMany(n => table.Values.Slice(n * table.Dimension, table.Dimension).ToArray()).ToArray());
        })];
        double share = Log.Count(i => i.Timestamp < Log.Min(j => j.Timestamp) + 40) / (double)Log.Length;
        share.Should().BeInRange(0.02, 0.9);
        UpdatePolicy warm = UpdatePolicy.WarmStartEvery(1, refreshes: true), anew = UpdatePolicy.TrainEveryFromNothing(1);
        TimeTravelReport report = new TimeTravel(Log, late)
            .Run(Options with { FirstShare = share, Windows = 2, Policies = [UpdatePolicy.Never, warm, anew] });
        double[] Figures(UpdatePolicy policy) => [.. report.Of(policy.Name).Select(w => w.Figures[RankingMetric.Ndcg(20)])];
        Figures(warm).Should().Equal(Figures(anew));
        Figures(warm)[1].Should().NotBe(Figures(UpdatePolicy.Never)[1]);
        double second = report.Windows.First(w => w.Window == 2).From;
        Log.Should().Contain(i => i.Timestamp < second && late[0].ItemIds.Contains(i.Item), "the second model has the content");
    }

    [Fact]
    public void A_log_without_content_is_replayed_too()
    {
        TimeTravelReport report = new TimeTravel(Log).Run(Options with { Windows = 2, Policies = [UpdatePolicy.Refresh] });
        report.Windows[1].RefreshTime.Should().BePositive();
        report.Windows[1].Users.Should().BePositive();
        TimeTravelReport content = new TimeTravel(Log, Pictures).Run(Options with { Windows = 2, Policies = [UpdatePolicy.Refresh] });
        report.Windows[1].Figures[RankingMetric.Ndcg(20)].Should().BePositive()
            .And.NotBe(content.Windows[1].Figures[RankingMetric.Ndcg(20)]);
    }

    [Fact]
    public void Weights_of_a_pair_add_up_as_time_goes_on_whoever_takes_them_in()
    {
        // Pairs of before the first window come again in it, with another weight; labels differ, and say nothing here.
        Interaction[] first = [.. Log.OrderBy(i => i.Timestamp).Select((i, n) => i with { Weight = 1 + (n % 5), Label = n % 3 })];
        int known = (int)(first.Length * 0.6);
        double begin = first[known].Timestamp!.Value, late = begin + ((first[^1].Timestamp!.Value - begin) * 0.3);
        Interaction[] again = [.. first.Where(i => i.Timestamp < begin).Select(i => i with { Timestamp = late, Weight = 3, Label = 9 })];
        double[] Figures(params Interaction[] log)
        {
            TimeTravelOptions options = Options with
            {
                FirstShare = (known + 0.5) / log.Length,
                Windows = 2,
                Policies = [UpdatePolicy.Refresh, UpdatePolicy.TrainEveryFromNothing(1)],
            };
            return [.. new TimeTravel(log, Pictures).Run(options).Windows.Where(w => w.Window == 2)
                .Select(w => w.Figures[RankingMetric.Ndcg(20)])];
        }

        double[] added = Figures([.. first, .. again]);
        added.Should().HaveCount(2);
        Figures([.. first, .. again.Select(i => i with { Weight = 2 }), .. again.Select(i => i with { Weight = 1 })]).Should().Equal(added);
        foreach (var (heavy, light) in Figures([.. first, .. again.Select((i, n) => i with { Weight = 300 * (1 + (n % 2)) })]).Zip(added))
            heavy.Should().NotBe(light);
    }

    [Fact]
    public void Features_of_none_of_the_items_are_refused()
    {
        var others = new FeatureTable(Modality.Audio, ["other-1", "other-2"], 1, new float[] { 1, 2 });
        FluentActions.Invoking(() => new TimeTravel(Log, [.. Pictures, others])).Should().Throw<ArgumentException>()
            .WithMessage("Expected features of items that have interactions, found none of modality audio: *'other-1'; ids must agree*")
            .And.ParamName.Should().Be("features");
    }

    [Fact]
    public void Each_policy_does_what_it_says_and_all_answer_the_same_users()
    {
        TimeTravelReport report = Replayed.Value;
        Ages("never").Should().Equal(0, 1, 2, 3);
        Ages("refresh").Should().Equal(0, 1, 2, 3);
        Ages("fold-in").Should().Equal(0, 1, 2, 3);
        report.Of("fold-in").Should().OnlyContain(w => w.RefreshTime == TimeSpan.Zero);
        report.Of("fold-in")[^1].UnknownItemShare.Should().Be(report.Of("never")[^1].UnknownItemShare);
        Ages("warm start every 2, refresh").Should().Equal(0, 1, 0, 1);
        report.Of("from nothing every 2").Select(w => w.TrainingTime > TimeSpan.Zero).Should().Equal(true, false, true, false);
        report.Of("refresh").Select(w => w.RefreshTime > TimeSpan.Zero).Should().Equal(false, true, true, true);
        report.Of("never").Skip(1).Should().OnlyContain(w => w.RefreshTime == TimeSpan.Zero && w.TrainingTime == TimeSpan.Zero);
        foreach (IGrouping<int, TimeTravelWindow> window in report.Windows.GroupBy(w => w.Window))
        {
            window.Select(w => (w.Users, w.Interactions, w.From)).Distinct().Should().ContainSingle();
            window.First().Users.Should().BePositive();
        }

        report.Of("never").Sum(w => w.Interactions).Should().Be(Log.Length - (int)(Log.Length * 0.6));

        // Who was refreshed knows everybody until then; who never was, only the first.
        report.Of("refresh").Zip(report.Of("never")).Should().OnlyContain(w => w.First.UnknownUserShare <= w.Second.UnknownUserShare);
        report.Of("refresh")[^1].UnknownItemShare.Should().BeLessThan(report.Of("never")[^1].UnknownItemShare);
        report.Windows.Where(w => w.Window == 1).Select(w => w.Figures[RankingMetric.Recall(20)]).Distinct().Should().ContainSingle();
        var recall = RankingMetric.Recall(20);
        report.ByAge(recall).Keys.Should().Equal(0, 1, 2, 3);
        report.ByAge(recall, "never").Values.Should().Equal(report.Of("never").Select(w => w.Figures[recall]));
        double users = report.Of("never").Sum(w => w.Users);
        report.Of("never").Select(w => w.Users).Distinct().Should().HaveCountGreaterThan(1);
        report.Mean("never", recall).Should()
            .BeApproximately(report.Of("never").Sum(w => w.Users * w.Figures[recall]) / users, 1e-12).And.BePositive();
        report.ToMarkdown().Should().Contain("\n| warm start every 2, refresh | 3 | 0 | ");
        TimeTravelReport read = DRepMRecJson.Read<TimeTravelReport>(DRepMRecJson.Write(report));
        read.Should().BeEquivalentTo(report);

        IEnumerable<int> Ages(string policy) => report.Of(policy).Select(w => w.ModelAge);
    }

    [Fact]
    public void By_default_warm_starts_and_trainings_from_nothing_differ_in_nothing_else()
    {
        UpdatePolicy[] trained = [.. new TimeTravelOptions().Policies.Where(p => p.TrainEvery > 0)];
        trained.Select(p => p.Name).Should().Equal("warm start every 2, refresh", "from nothing every 2, refresh");
        trained[1].Should().Be(trained[0] with { Name = trained[1].Name, Start = TrainingStart.Nothing });
    }

    [Fact]
    public void Nothing_of_the_future_leaks()
    {
        // Everything in the last two windows becomes something else, with items and content that were never seen; the times stay.
        double second = Replayed.Value.Windows.First(w => w.Window == 3).From;
        Interaction[] other = [.. Log.Select(i => i.Timestamp < second ? i : i with { User = $"else-{i.User}", Item = $"else-{i.Item}" })];
        FeatureTable[] pictures = [.. Pictures.Select(t => new FeatureTable(
            t.Modality, [.. t.ItemIds, .. t.ItemIds.Select(id => $"else-{id}")], t.Dimension,
            (float[])[.. t.Values.ToArray(), .. t.Values.ToArray().Select(v => (100 * v) + 7)]))];
        TimeTravelReport changed = new TimeTravel(other.Reverse(), pictures).Run(Options);
        foreach (var (now, before) in changed.Windows.Zip(Replayed.Value.Windows).Where(w => w.First.Window <= 2))
        {
            now.Figures.Should().BeEquivalentTo(before.Figures);
            (now.Users, now.UnknownItemShare, now.UnknownUserShare).Should()
                .Be((before.Users, before.UnknownItemShare, before.UnknownUserShare));
        }

        changed.Of("never")[2].UnknownUserShare.Should().Be(1);
        changed.Of("refresh")[3].UnknownUserShare.Should().BeLessThan(1);
    }

    [Fact]
    public void What_cannot_be_replayed_is_refused()
    {
        FluentActions.Invoking(() => new TimeTravel([new Interaction("a", "b", Timestamp: 1), new Interaction("a", "c")]))
            .Should().Throw<ArgumentException>().WithMessage("Expected a timestamp on every interaction; number 1 has none*");
        FluentActions.Invoking(() => new TimeTravel([new Interaction("a", "b", Timestamp: 1), new Interaction("a", "c", Timestamp: 1)]))
            .Should().Throw<ArgumentException>().WithMessage("Expected interactions at more than one time*");
        FluentActions.Invoking(() => new TimeTravel(Log).Run(Options with { Policies = [UpdatePolicy.Never, UpdatePolicy.Never] }))
            .Should().Throw<ArgumentException>().WithMessage("Each policy needs a name of its own*");
        Interaction[] late = [new("a", "b", Timestamp: 1), new("a", "c", Timestamp: 2), new("a", "d", Timestamp: 2)];
        FluentActions.Invoking(() => new TimeTravel(late).Run(Options)).Should().Throw<ArgumentException>()
            .WithMessage("FirstShare 0.6 leaves 1 interactions before 2 and 0 after it*");
        Interaction[] early = [new("a", "b", Timestamp: 1), new("a", "c", Timestamp: 1), new("a", "d", Timestamp: 2)];
        FluentActions.Invoking(() => new TimeTravel(early).Run(Options)).Should().Throw<ArgumentException>()
            .WithMessage("FirstShare 0.6 leaves 0 interactions before 1 and 1 after it*");
        FluentActions.Invoking(() => new TimeTravelOptions { FirstShare = 1 }).Should().Throw<ArgumentOutOfRangeException>()
            .WithParameterName("FirstShare").WithMessage("FirstShare must be above 0 and below 1.*");
        FluentActions.Invoking(() => new TimeTravel(Log).Run(
                Options with { Training = Options.Training with { Checkpoint = new CheckpointOptions { Path = "one for all" } } }))
            .Should().Throw<ArgumentException>().WithMessage("*TrainerOptions.Checkpoint*");
        FluentActions.Invoking(() => new TimeTravel(Log).Run(
                Options with { Model = Options.Model with { ItemToItem = new ItemToItemOptions { Enabled = true } } }))
            .Should().Throw<ArgumentException>().WithMessage("*ItemToItem*one weight in BlendWeights and one in PopularityWeights*");
    }

    private static double When(int user, int item) => Math.Max(user * 4, item * 5) + (user * item % 97 / 10.0);

    /// <summary>The world's interactions in an artificial order, so that users and items come in by and by.</summary>
    private static IEnumerable<Interaction> Rows(RecDataset data)
    {
        foreach (InteractionSet set in new[] { data.Train, data.Validation, data.Test })
        {
            for (int user = 0; user < set.UserCount; user++)
            {
                foreach (int item in set.ItemsOf(user).ToArray())
                    yield return new Interaction(data.Users[user], data.Items[item], Timestamp: When(user, item));
            }
        }
    }
}
