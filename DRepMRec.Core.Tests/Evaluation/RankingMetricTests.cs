using DRepMRec.Evaluation;

namespace DRepMRec.Tests.Evaluation;

public sealed class RankingMetricTests
{
    // Worked out by hand: hits at ranks 1, 3 and 5 of 6 ranked items; 4 positives.
    [Theory]
    [InlineData("Recall@5", 3.0 / 4)]
    [InlineData("Recall@2", 1.0 / 4)]
    [InlineData("Precision@5", 3.0 / 5)]
    [InlineData("Precision@10", 3.0 / 10)]
    [InlineData("HitRate@1", 1.0)]
    [InlineData("MRR@5", 1.0)]
    [InlineData("MAP@5", (1.0 + (2.0 / 3) + (3.0 / 5)) / 4)]
    [InlineData("MAP@3", (1.0 + (2.0 / 3)) / 3)]
    [InlineData("NDCG@5", (1 + 0.5 + 0.38685280723454163) / (1 + 0.6309297535714575 + 0.5 + 0.43067655807339306))]
    [InlineData("NDCG@2", 1 / (1 + 0.6309297535714575))]
    public void Values_worked_out_by_hand(string metric, double expected)
        => RankingMetric.Parse(metric).Compute([true, false, true, false, true, false], 4).Should().BeApproximately(expected, 1e-12);

    [Theory]
    [InlineData("MRR@5", 1.0 / 3)]
    [InlineData("MRR@2", 0)]
    [InlineData("HitRate@2", 0)]
    [InlineData("HitRate@3", 1)]
    [InlineData("NDCG@5", 0.5)]
    [InlineData("MAP@5", 1.0 / 3)]
    [InlineData("Recall@5", 1)]
    public void One_positive_at_rank_three(string metric, double expected)
        => RankingMetric.Parse(metric).Compute([false, false, true, false, false], 1).Should().BeApproximately(expected, 1e-12);

    [Fact]
    public void Ndcg_is_1_for_a_list_of_hits_and_a_share_of_the_ideal_for_less_however_long_lists_are()
    {
        double ideal = 0, ofTwo = 1 + (1 / Math.Log2(3));
        for (int count = 1; count <= 230; count++)
        {
            ideal += 1 / Math.Log2(count + 1);
            bool[] hits = new bool[count];
            hits.AsSpan().Fill(true);
            RankingMetric.Ndcg(count).Compute(hits, count).Should().BeApproximately(1, 1e-12);
            hits.AsSpan(Math.Min(2, count)).Clear();
            RankingMetric.Ndcg(count).Compute(hits, 1000).Should().BeApproximately(count == 1 ? 1 : ofTwo / ideal, 1e-12);
        }
    }

    [Fact]
    public void Names_are_read_as_of_any_type_that_can_be()
    {
        Try<RankingMetric>("NDCG@7").Should().Be((true, RankingMetric.Ndcg(7)));
        Try<RankingMetric>("NDCG@0").Should().Be((false, default(RankingMetric)));
        Try<RankingMetric>(null).Should().Be((false, default(RankingMetric)));

        static (bool, T?) Try<T>(string? text)
            where T : IParsable<T>
            => (T.TryParse(text, null, out T? metric), metric);
    }

    [Theory]
    [InlineData("Recall@20")]
    [InlineData("NDCG@10")]
    [InlineData("Precision@1")]
    [InlineData("MAP@5")]
    [InlineData("MRR@20")]
    [InlineData("HitRate@3")]
    public void Names_are_read_as_they_are_written(string name)
    {
        RankingMetric.Parse(name).ToString().Should().Be(name);
        RankingMetric.Parse(name.ToLowerInvariant()).Should().Be(RankingMetric.Parse(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Recall")]
    [InlineData("Recall@0")]
    [InlineData("Recall@-1")]
    [InlineData("Recall@1@2")]
    [InlineData("0@5")]
    [InlineData("AUC@5")]
    [InlineData("Recall,Ndcg@20")]
    [InlineData("Precision,Ndcg@20")]
    [InlineData("-7@20")]
    [InlineData("+1@5")]
    [InlineData(" Recall@20")]
    [InlineData("Recall @20")]
    [InlineData("Recall@ 20")]
    [InlineData("Recall@20 ")]
    [InlineData("Recall@020")]
    [InlineData("Recall@+20")]
    [InlineData("Recall@2e1")]
    [InlineData("Recall@99999999999")]
    [InlineData("@20")]
    [InlineData("Hit_Rate@20")]
    public void Other_names_are_refused_with_those_that_exist(string name)
        => FluentActions.Invoking(() => RankingMetric.Parse(name)).Should().Throw<FormatException>()
            .WithMessage($"Expected a metric such as 'Recall@20' (Recall, Ndcg, *), got '{name}'.");

    [Theory]
    [InlineData("Recall@20\0")]
    [InlineData("Recall\0@20")]
    public void Neither_are_names_with_zero_characters(string name)
        => FluentActions.Invoking(() => RankingMetric.Parse(name)).Should().Throw<FormatException>()
            .WithMessage("*, got 'Recall*\\u0000*'.");

    [Fact]
    public void A_cut_off_below_one_is_refused() => FluentActions.Invoking(() => RankingMetric.Recall(0)).Should()
        .Throw<ArgumentOutOfRangeException>();
}
