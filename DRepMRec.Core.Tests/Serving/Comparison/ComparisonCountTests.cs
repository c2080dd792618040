using DRepMRec.Data;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving.Comparison;

/// <summary>What a comparison counts, by hand.</summary>
public sealed class ComparisonCountTests
{
    private static readonly ModelComparisonOptions Two = new() { Request = new RecommendationRequest { Count = 2 } };

    [Fact]
    public async Task Lists_are_compared_by_their_items_and_movers_by_how_much_they_move()
    {
        // Scores by user. Lists of two, old: a b, a b, a c, b c; new: b a, d b, d a, d e. Nobody is recommended f.
        string[] users = ["1", "2", "3", "4"], items = ["a", "b", "c", "d", "e", "f"];
        Recommender old = Scored(users, items, [[9, 8, 1, 1, 1, 0], [9, 8, 1, 1, 1, 0], [9, 1, 8, 1, 1, 0], [1, 9, 8, 1, 1, 0]]);
        Recommender @new = Scored(users, items, [[8, 9, 1, 1, 1, 0], [1, 8, 1, 9, 1, 0], [8, 1, 1, 9, 1, 0], [1, 1, 1, 9, 8, 0]]);
        ModelComparison report = await ModelComparison.CompareAsync(old, @new, Two);
        (report.SameLists, report.ReorderedLists, report.MeanCommonItems).Should().Be((0, 1, 0.5));
        report.Rising.Select(i => (i.Item, i.OldLists, i.NewLists)).Should().Equal(("d", 0, 3), ("e", 0, 1));
        report.Falling.Select(i => (i.Item, i.OldLists, i.NewLists)).Should().Equal(("c", 2, 0), ("a", 3, 2), ("b", 3, 2));

        // The longer of two lists counts: a catalogue of one item has lists of one.
        Recommender few = Scored(["1", "2"], ["a"], [[1], [1]]);
        (await ModelComparison.CompareAsync(few, old, Two)).MeanCommonItems.Should().Be(0.5);
        (await ModelComparison.CompareAsync(old, few, Two)).MeanCommonItems.Should().Be(0.5);
    }

    [Fact]
    public async Task Users_who_have_everything_have_the_same_empty_list()
    {
        Recommender all = Recommender.FromEmbeddings(["u"], [1f], ["a"], [1f], new InteractionSet(1, 1, [(0, 0)]));
        ModelComparison report = await ModelComparison.CompareAsync(all, all, Two);
        (report.SameLists, report.MeanCommonItems, report.Overlap.Mean).Should().Be((1, 1, 1));
        report.OldRecommended.Should().Be(new RecommendedItems(0, 0));
        report.Reasons.LeftMeanUsers.Should().Be(0);
    }

    [Fact]
    public async Task Items_that_vanish_are_no_items_with_users()
    {
        // u, v and w lose a, which is gone, and u and v lose b, which two users have.
        string[] users = ["u", "v", "w", "x"];
        var b = new InteractionSet(4, 3, [(2, 0), (3, 0), (3, 1), (3, 2)]);
        Recommender old = Scored(users, ["a", "b", "c", "d"], [[9, 8, 1, 0], [9, 8, 1, 0], [9, 1, 8, 0], [9, 1, 8, 0]]);
        Recommender @new = Scored(users, ["b", "c", "d"], [[1, 9, 8], [1, 9, 8], [1, 9, 8], [1, 9, 8]], b);
        ModelComparison report = await ModelComparison.CompareAsync(old, @new, Two with { Users = ["u", "v", "w"] });
        (report.Reasons.Left, report.Reasons.LeftAsVanished).Should().Be((5, 3));
        report.Reasons.LeftMeanUsers.Should().Be(2, "of the two that left and are still there, each has b's two users");
        report.Reasons.EnteredMeanUsers.Should().Be(1);
        report.Sources.Should().Equal(new SourceChange(RecommendationSource.User, RecommendationSource.User, 3));
    }

    [Fact]
    public async Task Sources_are_told_by_how_many_lists_go_by_them()
    {
        string[] users = ["u", "v", "w"], items = ["a", "b", "c"];
        Recommender old = Recommender.FromEmbeddings(users, [1f, 0, 0], items, [3, 2, 1], new InteractionSet(3, 3, [(0, 0)]));
        Recommender @new = Recommender.FromEmbeddings(
            users, [1f, 1, 1], items, [3, 2, 1], new InteractionSet(3, 3, [(0, 0), (1, 0), (2, 0)]));
        (await ModelComparison.CompareAsync(old, @new, Two)).Sources.Should().Equal(
            new SourceChange(RecommendationSource.Popularity, RecommendationSource.User, 2),
            new SourceChange(RecommendationSource.User, RecommendationSource.User, 1));
    }

    [Fact]
    public async Task Options_of_either_model_are_named_in_order()
    {
        Recommender plain = Recommender.FromEmbeddings([Served.Data.Users[0]], [1f], [Served.Data.Items[0]], [1f]);
        ModelComparison gone = await ModelComparison.CompareAsync(Served.Recommender, plain, Two);
        gone.Options.Should().HaveCountGreaterThan(5).And.OnlyContain(o => o.Old != null && o.New == null);
        gone.Options.Select(o => o.Name).Should().BeInAscendingOrder(StringComparer.Ordinal);
        (await ModelComparison.CompareAsync(plain, Served.Recommender, Two)).Options
            .Should().Equal(gone.Options.Select(o => new OptionChange(o.Name, null, o.Old)));
    }

    [Fact]
    public void Percentiles_are_the_smallest_values_that_so_many_do_not_exceed()
    {
        OverlapDistribution.Of([0.4, 0.1, 0.3, 0.2]).Should().Be(new OverlapDistribution(0.25, 0.1, 0.1, 0.1, 0.2, 0.3));
        OverlapDistribution.Of([0.5]).Should().Be(new OverlapDistribution(0.5, 0.5, 0.5, 0.5, 0.5, 0.5));
        double[] hundred = [.. Enumerable.Range(1, 100).Select(n => n / 100.0)];
        OverlapDistribution of = OverlapDistribution.Of(hundred);
        (of.Lowest, of.Percent5, of.Percent25, of.Median, of.Percent75).Should().Be((0.01, 0.05, 0.25, 0.5, 0.75));
    }

    /// <summary>A model of one dimension per user, so that each user's scores are what they are given.</summary>
    private static Recommender Scored(string[] users, string[] items, float[][] scores, InteractionSet? known = null)
    {
        float[] rows = [.. Enumerable.Range(0, users.Length * users.Length).Select(n => n % (users.Length + 1) == 0 ? 1f : 0)];
        float[] itemRows = [.. Enumerable.Range(0, items.Length).SelectMany(i => scores.Select(own => own[i]))];
        return known is null ? Recommender.FromEmbeddings(users, rows, items, itemRows)
            : Recommender.FromEmbeddings(users, rows, items, itemRows, known);
    }
}
