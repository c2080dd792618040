using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>How much interactions count, and what becomes of pairs that occur more than once.</summary>
public sealed class WeightTests
{
    private static readonly DatasetOptions AllTraining = new() { Split = SplitStrategy.None };
    private static readonly Dictionary<string, double> Events = new() { ["view"] = 1, ["cart"] = 3, ["purchase"] = 5, ["remove"] = 0 };

    private static RecDataset Load(string text, DelimitedOptions? layout = null, DatasetOptions? options = null)
    {
        using TempFolder folder = new TempFolder().With("log.csv", text);
        return RecDataset.LoadDelimited(folder["log.csv"], layout ?? new(), options: options ?? AllTraining);
    }

    private static string[] Weighted(RecDataset data, InteractionSet? set = null)
    {
        set ??= data.Train;
        return [.. Enumerable.Range(0, set.UserCount).SelectMany(u => set.ItemsOf(u).ToArray().Zip(
            set.WeightsOf(u).ToArray(), (i, w) => FormattableString.Invariant($"{data.Users[u]}-{data.Items[i]} {w}")))];
    }

    [Fact]
    public void Repeats_of_a_delimited_file_become_a_count()
    {
        RecDataset data = Load("user,item\nu,b\nu,a\nv,a\nu,b\nu,b\n");
        Weighted(data).Should().Equal("u-a 1", "u-b 3", "v-a 1");
        data.Report!.Should().BeEquivalentTo(new { RowsRead = 5, Interactions = 3, RowsMerged = 2, RowsWithMistakes = 0 });
        data.Summarize().Notes.Should().Equal(
            "2 interactions of a pair that occurred before were added to its weight",
            "1 of 3 interactions have another weight than 1: training counts them by log2(1 + weight), evaluation counts each "
                + "as one");
    }

    [Theory]
    [InlineData(DuplicateHandling.Sum, 9, "u-c", "u-b")]
    [InlineData(DuplicateHandling.KeepFirst, 4, "u-b", "u-c")]
    [InlineData(DuplicateHandling.KeepLast, 3, "u-b", "u-c")]
    public void Repeats_keep_the_first_the_last_or_the_sum(DuplicateHandling handling, int weight, string validation, string test)
    {
        // The latest of b's three rows is the one in the middle.
        const string Text = "user,item,at,n\nu,b,2,4\nu,b,9,2\nu,b,1,3\nu,c,5,1\nu,a,0,1\n";
        var layout = new DelimitedOptions { Timestamp = "at", Weight = "n" };
        Weighted(Load(Text, layout, AllTraining with { Duplicates = handling }))
            .Should().Equal("u-a 1", $"u-b {weight}", "u-c 1");
        var byTime = new DatasetOptions { Duplicates = handling, Split = SplitStrategy.LeaveOneOut(byTime: true) };
        RecDataset data = Load(Text, layout, byTime);
        (data.Pairs().Validation[0], data.Pairs().Test[0]).Should().Be((validation, test));
    }

    [Theory]
    [InlineData(DuplicateHandling.KeepFirst, 2)]
    [InlineData(DuplicateHandling.KeepLast, 8)]
    public void Of_many_repeats_too_the_first_or_the_last_stays(DuplicateHandling handling, int weight)
    {
        string rows = string.Concat(Enumerable.Range(2, 7).SelectMany(count => Enumerable.Range(0, 40).Select(i => $"u,i{i},{count}\n")));
        Weighted(Load("user,item,n\n" + rows, new DelimitedOptions { Weight = "n" }, AllTraining with { Duplicates = handling }))
            .Should().HaveCount(40).And.OnlyContain(pair => pair.EndsWith($" {weight}"));
    }

    [Fact]
    public void The_sum_does_not_depend_on_the_order_of_the_rows()
    {
        string[] rows = ["u,b,1,2", "u,b,3,4", "v,b,1,1", "u,a,2,1", "u,b,2,0.5"];
        var layout = new DelimitedOptions { Timestamp = "at", Weight = "n" };
        string Text(IEnumerable<string> lines) => "user,item,at,n\n" + string.Join('\n', lines) + "\n";
        string[] expected = Weighted(Load(Text(rows), layout));
        expected.Should().Equal("u-a 1", "u-b 6.5", "v-b 1");
        Weighted(Load(Text(rows.Reverse()), layout)).Should().Equal(expected);
    }

    [Fact]
    public void Repeats_with_two_labels_cannot_be_added_up()
    {
        const string Text = "user,item,set\nu,a,0\nu,a,2\nu,b,0\nu,b,0\n";
        Views.FormatError(() => Load(Text, new() { Label = "set" }, new())).Should().Be("log.csv line 3: expected one label for each "
            + "user-item pair; found user 'u' with item 'a', which has another in log.csv line 2.");
        Load(Text, new() { Label = "set" }, new() { Duplicates = DuplicateHandling.KeepFirst }).Train.Count.Should().Be(2);
    }

    [Fact]
    public void A_sum_does_not_depend_on_the_order_of_rows()
    {
        string[] rows =
        [
            "u,a,0,1,1073741824", "u,a,0,7,64", "u,a,2,9,1.1920929e-7", "u,a,0,3,1.1920929e-7", "u,b,1,4,1", "v,a,0,5,1", "v,b,0,6,1",
            "v,c,2,8,1",
        ];
        var layout = new DelimitedOptions { Label = "set", Timestamp = "at", Weight = "n" };
        foreach (SplitStrategy split in new[] { SplitStrategy.ByLabel(), SplitStrategy.GlobalTime(0.3, 0.3), SplitStrategy.None })
        {
            var options = new DatasetOptions { Split = split, BadRows = BadRowHandling.Skip };
            RecDataset[] both = [.. new[] { rows, [.. rows.Reverse()] }
                .Select(r => Load("user,item,set,at,n\n" + string.Join('\n', r) + "\n", layout, options))];
            both[1].SplitChecksum.Should().Be(both[0].SplitChecksum);
            both[0].Report!.RowsWithMistakes.Should().Be(split.ReadsLabels ? 1 : 0, "labels that nobody reads may differ");
            if (split.ReadsLabels)
                both[0].Pairs().Train.Should().Contain("u-a", "the lowest label is known");
        }
    }

    [Fact]
    public void Published_layouts_and_memory_refuse_repeats_as_before()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\n0\t0\n0\t0\n");
        Views.FormatError(() => RecDataset.Load(folder.Path, options: AllTraining)).Should()
            .StartWith("x.inter line 3: expected each user-item");
        Views.FormatError(() => RecDataset.FromInteractions("mine", [new("u", "a"), new("u", "a")], options: AllTraining)).Should()
            .StartWith("interaction 2: expected each user-item pair once");
        RecDataset.Load(folder.Path, options: AllTraining with { Duplicates = DuplicateHandling.Sum })
            .Train.Weights.ToArray().Should().Equal(2);
    }

    [Fact]
    public void Events_count_by_their_kind()
    {
        RecDataset data = Load("user,item,what,n\nu,a,view,1\nu,a,cart,1\nu,b,purchase,2\nv,a,remove,1\nv,b, view ,1\n",
            new() { Event = "what", EventWeights = Events, Weight = "n" });
        Weighted(data).Should().Equal("u-a 4", "u-b 10", "v-b 1");
        data.Report!.RowsOfIgnoredEvents.Should().Be(1);
        Views.FormatError(() => Load("user,item,what\nu,a,view\nu,a,wish\n", new() { Event = "what", EventWeights = Events })).Should()
            .Be("log.csv line 3: expected one of the events view, cart, purchase, remove as what, found 'wish'.");
    }

    [Fact]
    public void Rows_that_are_left_out_may_hold_anything()
    {
        var events = new DelimitedOptions { Event = "what", EventWeights = Events };
        LoadReport report = Load("user,item,what,n\nu,a,view,1\nu,a,remove,-1\n", events with { Weight = "n" }).Report!;
        (report.RowsOfIgnoredEvents, report.RowsWithMistakes).Should().Be((1L, 0L));
        report = Load("user,item,what,at\nu,a,remove,17\nu,b,remove,soon\nu,b,view,2024-01-31\n", events with { Timestamp = "at" })
            .Report!;
        (report.RowsOfIgnoredEvents, report.RowsWithMistakes).Should().Be((2L, 0L));
        report.Timestamps.Should().Be(TimestampFormat.Iso8601);

        var rated = new DelimitedOptions { Rating = "stars", Timestamp = "at", Weight = "n", Event = "what", EventWeights = Events };
        report = Load("user,item,stars,at,n,what\nu,a,1,17,-1,wish\nu,b,5,2024-01-31,2,view\n", rated,
            AllTraining with { MinimumRating = 3 }).Report!;
        (report.RowsBelowMinimumRating, report.RowsWithMistakes, report.Interactions).Should().Be((1L, 0L, 1L));
        report = RecDataset.FromInteractions("mine", [new("u", "a", 1, Weight: -1), new("u", "b", 5)],
            options: AllTraining with { MinimumRating = 3 }).Report!;
        (report.RowsBelowMinimumRating, report.RowsWithMistakes).Should().Be((1L, 0L));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("two")]
    public void A_weight_that_is_not_above_0_is_refused(string weight)
        => Views.FormatError(() => Load($"user,item,n\nu,a,{weight}\n", new() { Weight = "n" })).Should()
            .Be($"log.csv line 2: expected a number above 0 as n, found '{weight}'.");

    [Theory]
    [InlineData("1e30")]
    [InlineData("1e-30")]
    [InlineData("1.1e20")]
    public void A_weight_beyond_the_limits_is_refused_with_them(string weight)
    {
        Views.FormatError(() => Load($"user,item,n\nu,a,{weight}\n", new() { Weight = "n" })).Should()
            .Be($"log.csv line 2: expected a number from 1E-20 to 1E+20 as n, found '{weight}'.");
        Interaction row = new("u", "a", Weight: double.Parse(weight, System.Globalization.CultureInfo.InvariantCulture));
        Views.FormatError(() => RecDataset.FromInteractions("x", [row], options: AllTraining)).Should()
            .StartWith("interaction 1: expected a number from 1E-20 to 1E+20 as weight, found ");
    }

    [Fact]
    public void The_limits_themselves_are_weights_and_sums_stay_within()
    {
        RecDataset data = Load("user,item,n\nu,a,1e20\nu,b,1e-20\nv,a,9e19\nv,a,9e19\nw,b,1\n", new() { Weight = "n" });
        Weighted(data).Should().Equal("u-a 1E+20", "u-b 1E-20", "v-a 1E+20", "w-b 1");
        data.Notes.Should().Contain("1 interactions of a pair that occurred before were added to its weight; 1 sums are above 1E+20, the "
            + "largest weight, and count as that");
        data.InIdOrder().Checksum.Should().Be(data.Checksum);
        data.WithoutUsers(["w"]).Train.Count.Should().Be(3);
        data.WithAllInTraining().Train.Weights.SequenceEqual(data.Train.Weights).Should().BeTrue();
    }

    [Fact]
    public void A_layout_that_contradicts_itself_is_refused()
    {
        const string Text = "user,item,x\nu,a,1\n";
        FluentActions.Invoking(() => Load(Text, new() { Event = "x" })).Should().Throw<ArgumentException>()
            .WithMessage("Event and EventWeights go together; got one of the two.*");
        FluentActions.Invoking(() => Load(Text, new() { TimestampFormat = TimestampFormat.Seconds })).Should().Throw<ArgumentException>()
            .WithMessage("TimestampFormat needs Timestamp*");
        FluentActions.Invoking(() => new InteractionLayout { EventWeights = new Dictionary<string, double>() }).Should()
            .Throw<ArgumentException>().WithMessage("EventWeights must have at least one entry.*");
        FluentActions.Invoking(() => new InteractionLayout { EventWeights = new Dictionary<string, double> { ["a"] = -1 } }).Should()
            .Throw<ArgumentOutOfRangeException>().WithMessage("EventWeights['a'] must be 0 or above.*");
        FluentActions.Invoking(() => new DelimitedOptions { Encoding = "klingon" }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new DelimitedOptions { Encoding = "utf-7" }).Should().Throw<ArgumentException>()
            .WithMessage("Expected an encoding that .NET reads, such as utf-8; 'utf-7': *");
        Weighted(Load("user,item,x\nu,a,3\n", new() { Rating = "x", Weight = "x" })).Should().Equal("u-a 3");
    }

    [Fact]
    public void Weights_of_1_take_no_memory()
    {
        Load("user,item,n\nu,a,1\nv,b,1.0\n", new() { Weight = "n" }).Train.Weights.IsEmpty.Should().BeTrue();
        new InteractionSet(1, 2, [(0, 0), (0, 1)], [1, 1]).WeightsOf(0).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void An_interaction_set_keeps_weights_with_their_pairs()
    {
        var set = new InteractionSet(2, 4, [(1, 3), (0, 2), (1, 0), (1, 1)], [2, 1, 0.5f, 3]);
        set.Weights.ToArray().Should().Equal(1, 0.5f, 3, 2);
        set.WeightsOf(1).ToArray().Should().Equal(0.5f, 3, 2);
        InteractionSet some = set.Without([false, true, false, true]);
        some.Items.ToArray().Should().Equal(2, 1);
        some.Weights.ToArray().Should().Equal(1, 3);
        set.Without([false, true, true, true]).Weights.IsEmpty.Should().BeTrue();
        FluentActions.Invoking(() => new InteractionSet(1, 1, [(0, 0)], [])).Should().Throw<ArgumentException>()
            .WithMessage("Expected a weight for each of 1 pairs, got 0.*");
        foreach (float wrong in new[] { 0, -1, float.NaN, float.PositiveInfinity })
        {
            FluentActions.Invoking(() => new InteractionSet(1, 1, [(0, 0)], [wrong])).Should().Throw<ArgumentException>()
                .WithMessage("Weights must be from 1E-20 to 1E+20; number 0 is *");
        }
    }

    [Fact]
    public void Weights_go_through_splits_saving_and_loading()
    {
        IEnumerable<Interaction> log = Enumerable.Range(0, 300).Select(n => new Interaction($"u{n / 10}", $"i{n % 10}", Weight: n + 1));
        RecDataset data = RecDataset.FromInteractions("mine", log);
        data.Test.Count.Should().BePositive();
        string[] all = [.. new[] { data.Train, data.Validation, data.Test }.SelectMany(set => Weighted(data, set)).Order()];
        all.Should().Equal(log.Select(r => $"{r.User}-{r.Item} {r.Weight}").Order());

        using var folder = new TempFolder();
        data.SaveMmrec(folder.Path);
        RecDataset again = RecDataset.Load(folder.Path);
        foreach (var (own, other) in new[] { (data.Train, again.Train), (data.Validation, again.Validation), (data.Test, again.Test) })
            Weighted(again, other).Should().Equal(Weighted(data, own));
    }
}
