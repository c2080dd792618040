using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Data;

public sealed class SplitStrategyTests
{
    // 200 users with 1 to 40 interactions each, at times that are all different.
    private static readonly Interaction[] Log = MakeLog();

    public static TheoryData<SplitStrategy> Strategies() =>
    [
        SplitStrategy.RandomPerUser(0.1, 0.2),
        SplitStrategy.PerUserTime(0.1, 0.2),
        SplitStrategy.GlobalTime(0.1, 0.2),
        SplitStrategy.LeaveOneOut(),
        SplitStrategy.LeaveOneOut(byTime: true),
    ];

    private static Interaction[] MakeLog()
    {
        var random = new SeededRandom(1);
        var log = new List<Interaction>();
        for (int u = 0; u < 200; u++)
        {
            int[] items = [.. Enumerable.Range(0, 60)];
            random.Shuffle(items.AsSpan());
            int count = 1 + random.NextInt(40);
            for (int n = 0; n < count; n++)
                log.Add(new($"u{u}", $"i{items[n]}"));
        }

        int[] times = [.. Enumerable.Range(0, log.Count)];
        random.Shuffle(times.AsSpan());
        return [.. log.Select((row, n) => row with { Timestamp = times[n] })];
    }

    private static RecDataset Split(SplitStrategy strategy, IEnumerable<Interaction>? log = null)
        => RecDataset.FromInteractions("log", log ?? Log, options: new() { Split = strategy });

    private static Dictionary<string, double> Times() => Log.ToDictionary(row => $"{row.User}-{row.Item}", row => row.Timestamp!.Value);

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Every_interaction_is_in_one_set(SplitStrategy strategy)
    {
        var (train, validation, test) = Split(strategy).Pairs();

        train.Concat(validation).Concat(test).Order().Should().Equal(Log.Select(row => $"{row.User}-{row.Item}").Order());
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void The_order_of_the_interactions_does_not_matter(SplitStrategy strategy)
    {
        Interaction[] shuffled = [.. Log];
        new SeededRandom(5).Shuffle(shuffled.AsSpan());

        Split(strategy, shuffled).SplitChecksum.Should().Be(Split(strategy).SplitChecksum);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("one")]
    public void The_seed_decides(string kind)
    {
        SplitStrategy strategy = kind == "random" ? SplitStrategy.RandomPerUser() : SplitStrategy.LeaveOneOut();

        strategy.Seed.Should().Be(2024);
        Split(strategy).SplitChecksum.Should().Be(Split(strategy with { Seed = 2024 }).SplitChecksum);
        Split(strategy).SplitChecksum.Should().NotBe(Split(strategy with { Seed = 2025 }).SplitChecksum);
    }

    [Fact]
    public void The_split_of_a_seed_never_changes()
        => Split(SplitStrategy.RandomPerUser()).SplitChecksum.Should().StartWith("eb9fa61b884e57bd9705");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shares_hold_over_all_users_and_each_keeps_training(bool byTime)
    {
        RecDataset data = Split(byTime ? SplitStrategy.PerUserTime(0.1, 0.2) : SplitStrategy.RandomPerUser(0.1, 0.2));

        ((double)data.Test.Count / Log.Length).Should().BeApproximately(0.2, 0.01);
        ((double)data.Validation.Count / Log.Length).Should().BeApproximately(0.1, 0.01);
        for (int u = 0; u < data.Users.Count; u++)
        {
            data.Train.ItemsOf(u).Length.Should().BePositive();
            int count = data.Train.ItemsOf(u).Length + data.Validation.ItemsOf(u).Length + data.Test.ItemsOf(u).Length;
            data.Test.ItemsOf(u).Length.Should().BeInRange((int)Math.Floor(count * 0.2), (int)Math.Ceiling(count * 0.2));
        }
    }

    [Theory]
    [InlineData(0.1, 0.1, 1)]
    [InlineData(0.1, 0.1, 2)]
    [InlineData(0.25, 0.25, 2)]
    [InlineData(0.49, 0.49, 2)]
    [InlineData(0.3, 0.6, 2)]
    [InlineData(0.1, 0.1, 3)]
    [InlineData(0.3, 0.3, 3)]
    [InlineData(0.4, 0.4, 3)]
    [InlineData(0.2, 0.3, 4)]
    [InlineData(0.45, 0.45, 5)]
    public void Shares_hold_for_users_with_few_interactions_too(double validationShare, double testShare, int each)
    {
        const int Users = 20_000;
        IEnumerable<Interaction> log = Enumerable.Range(0, Users * each)
            .Select(n => new Interaction($"u{n / each}", $"i{n % each}", Timestamp: n));
        foreach (SplitStrategy strategy in new[] { SplitStrategy.RandomPerUser(validationShare, testShare),
            SplitStrategy.PerUserTime(validationShare, testShare) })
        {
            if (each == 1)
            {
                Views.FormatError(() => Split(strategy, log))
                    .Should().Contain("to give validation interactions; found none", "the only one is for training");
                continue;
            }

            RecDataset data = Split(strategy, log);

            // One of each user's is for training; where that leaves less than both shares ask for, they give way in proportion.
            double scale = Math.Min(1, (each - 1) / (each * (validationShare + testShare)));
            (data.Validation.Count / (double)(Users * each)).Should().BeApproximately(validationShare * scale, 0.006);
            (data.Test.Count / (double)(Users * each)).Should().BeApproximately(testShare * scale, 0.006);
            for (int u = 0; u < Users; u++)
                (data.Train.ItemsOf(u).Length > 0).Should().BeTrue();
        }
    }

    [Fact]
    public void PerUserTime_keeps_the_order_of_time_within_each_user()
    {
        RecDataset data = Split(SplitStrategy.PerUserTime(0.2, 0.2));
        Dictionary<string, double> times = Times();
        double[] Of(InteractionSet set, int user)
            => [.. set.ItemsOf(user).ToArray().Select(i => times[$"{data.Users[user]}-{data.Items[i]}"])];

        for (int u = 0; u < data.Users.Count; u++)
        {
            double lastTrain = Of(data.Train, u).Max();
            double[] validation = Of(data.Validation, u);
            double last = validation.Append(lastTrain).Max();
            validation.Should().NotContain(t => t <= lastTrain);
            Of(data.Test, u).Should().NotContain(t => t <= last);
        }
    }

    [Fact]
    public void GlobalTime_cuts_all_at_two_points_in_time()
    {
        var (train, validation, test) = Split(SplitStrategy.GlobalTime(0.1, 0.2)).Pairs();
        Dictionary<string, double> times = Times();

        test.Should().HaveCount((int)Math.Round(Log.Length * 0.2));
        validation.Should().HaveCount((int)Math.Round(Log.Length * 0.1));
        train.Max(p => times[p]).Should().BeLessThan(validation.Min(p => times[p]));
        validation.Max(p => times[p]).Should().BeLessThan(test.Min(p => times[p]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LeaveOneOut_takes_one_and_one(bool byTime)
    {
        RecDataset data = Split(SplitStrategy.LeaveOneOut(byTime));
        Dictionary<string, int> counts = Log.GroupBy(row => row.User).ToDictionary(g => g.Key, g => g.Count());

        for (int u = 0; u < data.Users.Count; u++)
        {
            data.Test.ItemsOf(u).Length.Should().Be(counts[data.Users[u]] >= 2 ? 1 : 0);
            data.Validation.ItemsOf(u).Length.Should().Be(counts[data.Users[u]] >= 3 ? 1 : 0);
        }
    }

    [Fact]
    public void LeaveOneOut_by_time_takes_the_latest()
    {
        var (train, validation, test) = Split(SplitStrategy.LeaveOneOut(byTime: true),
            [new("u", "a", Timestamp: 3), new("u", "b", Timestamp: 1), new("u", "c", Timestamp: 2), new("v", "a", Timestamp: 2),
            new("v", "c", Timestamp: 1)]).Pairs();

        (train, validation, test).Should().BeEquivalentTo((new[] { "u-b", "v-c" }, new[] { "u-c" }, new[] { "u-a", "v-a" }));
    }

    [Fact]
    public void None_trains_on_everything()
    {
        RecDataset data = Split(SplitStrategy.None);
        (data.Train.Count, data.Validation.Count, data.Test.Count).Should().Be((Log.Length, 0, 0));
    }

    [Fact]
    public void Users_and_items_of_validation_and_test_alone_are_known()
    {
        RecDataset data = Split(SplitStrategy.ByLabel(), [new("a", "x", Label: 0), new("b", "y", Label: 1), new("c", "z", Label: 2)]);

        data.Users.Ids.Should().Equal("a", "b", "c");
        data.Items.Ids.Should().Equal("x", "y", "z");
    }

    [Fact]
    public void Time_splits_need_usable_timestamps()
    {
        Interaction[] without = [new("u", "a", Timestamp: 1), new("u", "b")];
        Interaction[] same = [new("u", "a", Timestamp: 7), new("u", "b", Timestamp: 7)];
        Views.FormatError(() => Split(SplitStrategy.PerUserTime(), without)).Should()
            .Be("interaction 2: expected a timestamp, which the split PerUserTime(0.1, 0.1) needs; found none.");
        Views.FormatError(() => Split(SplitStrategy.GlobalTime(0.2, 0.1), same)).Should()
            .Be("expected timestamps that differ, which the split GlobalTime(0.2, 0.1) needs; found 7 on all 2 interactions.");
        Views.FormatError(() => Split(SplitStrategy.LeaveOneOut(byTime: true), same)).Should()
            .Be("expected timestamps that differ, which the split LeaveOneOut(byTime) needs; found 7 on all 2 interactions.");
    }

    [Fact]
    public void Rows_without_a_timestamp_may_be_skipped()
    {
        Interaction[] rows = [new("u", "a", Timestamp: 1), new("u", "b"), new("u", "c", Timestamp: 2), new("u", "d", Timestamp: 3)];
        foreach (SplitStrategy split in new[]
        {
            SplitStrategy.GlobalTime(0.3, 0.3), SplitStrategy.PerUserTime(0.3, 0.3), SplitStrategy.LeaveOneOut(byTime: true),
        })
        {
            RecDataset data = RecDataset.FromInteractions("x", rows, options: new() { Split = split, BadRows = BadRowHandling.Skip });
            (data.Train.Count + data.Validation.Count + data.Test.Count).Should().Be(3);
            data.Report!.Mistakes.Should().ContainSingle().Which.Should().BeEquivalentTo(new
            {
                Kind = RowMistakeKind.MissingTimestamp,
                Count = 1,
                AcceptedBy = "another DatasetOptions.Split, or DatasetOptions.BadRows = Skip",
            });
        }

        RecDataset.FromInteractions("x", [.. rows, rows[1] with { Timestamp = 4 }], options: new()
        {
            Split = SplitStrategy.GlobalTime(0.3, 0.3),
            Duplicates = DuplicateHandling.Sum,
        }).Report!.Mistakes.Should().BeEmpty("of a pair the latest timestamp counts");
    }

    [Fact]
    public void Rows_that_are_skipped_for_their_time_or_label_leave_no_user_and_no_item_behind()
    {
        Interaction[] rows =
        [
            new("ann", "a", Timestamp: 1, Label: 0), new("bob", "b", Label: 7), new("bob", "a", Label: 7),
            new("ann", "c", Timestamp: 2, Label: 0), new("ann", "d", Timestamp: 3, Label: 0),
        ];
        foreach (SplitStrategy split in new[] { SplitStrategy.GlobalTime(0.3, 0.3), SplitStrategy.ByLabel(allowMissing: true) })
        {
            RecDataset data = RecDataset.FromInteractions("x", rows, options: new() { Split = split, BadRows = BadRowHandling.Skip });
            data.Users.Ids.Should().Equal("ann");
            data.Items.Ids.Should().Equal("a", "c", "d");
            data.ToInteractions().Select(i => i.Item).Should().BeEquivalentTo("a", "c", "d");
        }
    }

    [Fact]
    public void Rows_of_a_pair_without_any_time_are_mistakes_and_not_merged()
    {
        Interaction[] rows =
        [
            new("u", "a", Timestamp: 1), new("u", "a"), new("u", "b"), new("u", "b"), new("u", "c", Timestamp: 2),
            new("u", "d", Timestamp: 3),
        ];
        LoadReport report = RecDataset.FromInteractions("x", rows, options: new()
        {
            Split = SplitStrategy.GlobalTime(0.3, 0.3),
            BadRows = BadRowHandling.Skip,
            Duplicates = DuplicateHandling.Sum,
        }).Report!;
        (report.RowsMerged, report.RowsWithMistakes, report.Interactions).Should().Be((1, 2, 3));
    }

    [Theory]
    [InlineData(DuplicateHandling.KeepFirst)]
    [InlineData(DuplicateHandling.KeepLast)]
    [InlineData(DuplicateHandling.Reject)]
    [InlineData(DuplicateHandling.Sum)]
    public void A_row_without_a_timestamp_costs_no_pair_that_has_one(DuplicateHandling duplicates)
    {
        Interaction[] rows =
        [
            new("u", "a"), new("u", "a", Timestamp: 1), new("u", "c", Timestamp: 2), new("u", "d", Timestamp: 3), new("u", "d"),
        ];
        RecDataset data = RecDataset.FromInteractions("x", rows, options: new()
        {
            Split = SplitStrategy.GlobalTime(0.3, 0.3),
            BadRows = BadRowHandling.Skip,
            Duplicates = duplicates,
        });
        data.ToInteractions().Select(i => i.Item).Should().BeEquivalentTo("a", "c", "d");
        data.Report!.Mistakes.Sum(m => m.Count).Should().Be(duplicates == DuplicateHandling.Sum ? 0 : 2);
    }

    [Fact]
    public void A_promised_set_that_stays_empty_is_an_error()
    {
        Interaction[] two = [new("u", "a"), new("u", "b")];
        Views.FormatError(() => Split(SplitStrategy.LeaveOneOut(), two)).Should()
            .Be("expected the split LeaveOneOut to give validation interactions; found none among 2.");
        Views.FormatError(() => Split(SplitStrategy.RandomPerUser(0, 0.1), [new("u", "a")])).Should()
            .Be("expected the split RandomPerUser(0, 0.1) to give test interactions; found none among 1.");
        Split(SplitStrategy.RandomPerUser(0, 0.5), two).Pairs().Test.Should().ContainSingle();
        Split(SplitStrategy.ByLabel(allowMissing: true), [new("u", "a", Label: 0)]).Train.Count.Should().Be(1);
    }

    [Fact]
    public void A_split_that_trains_on_nothing_is_an_error()
        => Views.FormatError(() => Split(SplitStrategy.ByLabel(allowMissing: true), [new("u", "a", Label: 2)])).Should()
            .Be("expected the split ByLabel to give training interactions; found none among 1.");

    // Two pairs of ids that FNV-1a gives one hash.
    [Theory]
    [InlineData("8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ")]
    [InlineData("gMPflVXtwGDXbIhP73TX", "LtHf1prlU1bCeYZEdqWf")]
    public void Ids_of_one_hash_are_told_apart_in_the_order_of_their_characters(string one, string other)
    {
        RawId.Hash(one).Should().Be(RawId.Hash(other));
        string last = string.CompareOrdinal(one, other) > 0 ? one : other;
        foreach (var (a, b) in new[] { (one, other), (other, one) })
        {
            Interaction[] rest = [new("v", "x", Timestamp: 1), new("v", "y", Timestamp: 2)];
            Interaction[] items = [new("u", a, Timestamp: 5), new("u", b, Timestamp: 5), .. rest];
            Split(SplitStrategy.RandomPerUser(0, 0.5), items).Pairs().Test.Should().Contain($"u-{last}").And.HaveCount(2);
            Split(SplitStrategy.GlobalTime(0, 0.25), items).Pairs().Test.Should().Equal($"u-{last}");
            Interaction[] users = [new(a, "x", Timestamp: 5), new(b, "x", Timestamp: 5), .. rest];
            Split(SplitStrategy.GlobalTime(0, 0.25), users).Pairs().Test.Should().Equal($"{last}-x");
        }
    }

    [Fact]
    public void Validation_that_is_drawn_leaves_users_without_training_alone()
    {
        Interaction[] log = [new("u", "a", Label: 2), .. Enumerable.Range(0, 8).Select(n => new Interaction("v", $"i{n}", Label: 0))];
        var (train, validation, test) = Split(SplitStrategy.ByLabel(validationShare: 0.25), log).Pairs();
        (train.Length, validation.Length).Should().Be((6, 2));
        test.Should().Equal("u-a");
    }

    [Fact]
    public void Refuses_shares_that_leave_nothing()
    {
        Action negative = () => SplitStrategy.RandomPerUser(-0.1, 0.1);
        negative.Should().Throw<ArgumentOutOfRangeException>().WithMessage("validationShare must be at least 0 and below 1.*");
        Action whole = () => SplitStrategy.GlobalTime(0.1, 1);
        whole.Should().Throw<ArgumentOutOfRangeException>().WithMessage("testShare must be at least 0 and below 1.*");
        Action together = () => SplitStrategy.PerUserTime(0.5, 0.5);
        together.Should().Throw<ArgumentException>()
            .WithMessage("The shares of validation and test must stay below 1 together; got 0.5 and 0.5.");
    }
}
