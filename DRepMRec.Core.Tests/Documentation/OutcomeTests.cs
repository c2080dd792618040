using ReproduceResults.Reports;
using Made = ReproduceResults.Trainings.Training;

namespace DRepMRec.Tests.Documentation;

/// <summary>What pages say of lines whose seeds differ.</summary>
public sealed class OutcomeTests
{
    private static readonly Outcome Full = Line("full", (1, 0.1f), (2, 0.9f)), One = Line("one", (1, 0.1f));

    [Fact]
    public void Lines_are_compared_by_the_seeds_that_both_have()
    {
        One.Differences(Full, Made.Recall).Should().Equal(0);
        One.Means(Full, Made.Recall).Should().Be((One.Mean(Made.Recall), One.Mean(Made.Recall)));
        One.Against(Full, Made.Recall)!.PValue.Should().Be(One.Against(One, Made.Recall)!.PValue);
    }

    [Fact]
    public void Lines_without_a_common_seed_are_not_tested_and_count_in_no_correction()
    {
        Outcome other = Line("other", (3, 0.5f));
        other.Means(Full, Made.Recall).Should().BeNull();
        other.Against(Full, Made.Recall).Should().BeNull();
        var family = new Family([(other, Full), (One, Full)]);
        family.P(other, Full, Made.Recall).Should().BeEmpty();
        family.P(One, Full, Made.Recall).Should().NotBeEmpty();
    }

    [Fact]
    public void What_is_not_trained_is_compared_with_all_seeds()
    {
        Outcome baseline = new([.. Line("counting", (0, 0.2f)).Trainings.Select(t => t with { Epochs = 0 })]);
        Full.Means(baseline, Made.Recall).Should().Be((Full.Mean(Made.Recall), baseline.Mean(Made.Recall)));
    }

    [Fact]
    public void Lines_with_fewer_seeds_than_others_are_named()
    {
        Outcome other = Line("other", (1, 0.1f), (2, 0.1f));
        Outcome elsewhere = new([.. One.Trainings.Select(t => t with { SplitChecksum = "another" })]);
        Seeds.Fewer([Full, other]).Should().BeNull();
        Seeds.Fewer([Full, One, other]).Should().Be("Lines with fewer seeds than others: one (1).");
        Seeds.Fewer([Full, One, elsewhere]).Should().Be("Lines with fewer seeds than others: one (1 on 2 of 2 splits).");
        Seeds.Fewer([Full, new([.. One.Trainings.Select(t => t with { Study = "search" })])]).Should().BeNull();
    }

    [Fact]
    public void Lines_with_the_part_are_told_by_their_variant()
        => new[] { "full", "full + item-to-item" }.Select(name => Line(name, (1, 0.1f)).HasPart).Should().Equal(false, true);

    private static Outcome Line(string title, params (int Seed, float Figure)[] seeds)
        => new([.. seeds.Select(s => Training(title, s.Seed, s.Figure))]);

    private static Made Training(string title, int seed, float figure) => new("models", title, seed, "0123456789abcdef", title)
    {
        Dataset = new("small", "small", "0123456789abcdef", 10, 2, 2),
        Loss = "bpr",
        Title = title,
        Epochs = 1,
        Valid = Made.Metrics.ToDictionary(m => m.ToString(), _ => (double)figure),
        Test = Made.Metrics.ToDictionary(m => m.ToString(), _ => (double)figure),
        TestUsers = 3,
        PerUser = new([0, 1], [figure, figure / 2], [figure, figure / 3]),
    };
}
