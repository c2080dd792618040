using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Training;

public sealed class BatchSizeTests
{
    [Fact]
    public void Follows_the_data_unless_it_is_given()
    {
        new TrainerOptions().For(1025).BatchSize.Should().Be(64);
        new TrainerOptions { BatchSize = 7 }.For(1025).BatchSize.Should().Be(7);
    }

    [Fact]
    public void Is_refused_below_1()
        => FluentActions.Invoking(() => new TrainerOptions { BatchSize = 0 }).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Who_is_below_counting_is_told()
    {
        RecDataset data = SyntheticDataset.Create(new() { Users = 60, Items = 50, Clusters = 5 }).Data;
        using var log = new ListLog();
        using DRepMRecModel untrained = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
        TrainingReport bad = new Trainer(untrained, data, new() { MaxEpochs = 1, Adam = new() { LearningRate = 1e-9 } }, log).Fit();
        bad.BetterBaselines.Keys.Should().Contain("ItemKNN");
        bad.BetterBaselines["ItemKNN"].Should().BeGreaterThan(bad.Validation![new TrainerOptions().StoppingMetric]);
        log.Of(109).Should().Contain(e => e.Text.StartsWith("ItemKNN, which isn't trained, is better than the model: validation Rec"));

        using DRepMRecModel trained = DRepMRecModel.Create(data);
        TrainingReport good = new Trainer(trained, data, new() { MaxEpochs = 40 }).Fit();
        good.BetterBaselines.Should().NotContainKey("Popularity");
    }

    /// <summary>Five items that everybody has but one, and others that one user has each: what is left is the most popular.</summary>
    [Fact]
    public void Who_is_below_popularity_is_told()
    {
        const int Popular = 5, Users = 40;
        var train = new InteractionSet(Users, Popular + Users, [.. Enumerable.Range(0, Users).SelectMany(u => Enumerable.Range(0, Popular)
            .Where(i => i != u % Popular).Append(Popular + u).Select(i => (u, i)))]);
        var last = new InteractionSet(Users, Popular + Users, [.. Enumerable.Range(0, Users).Select(u => (u, u % Popular))]);
        var none = new InteractionSet(Users, Popular + Users, []);
        var data = new RecDataset(
            "popular", new IdMap(Names("user", Users)), new IdMap(Names("item", Popular + Users)), new(train, last, none));
        RankingMetric first = RankingMetric.Recall(1);
        using DRepMRecModel untrained = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn with { Layers = 0 });
        TrainerOptions options = new() { MaxEpochs = 1, StoppingMetric = first, Adam = new() { LearningRate = 1e-9 } };
        TrainingReport report = new Trainer(untrained, data, options).Fit();
        report.Validation![first].Should().BeLessThan(0.5);
        report.BetterBaselines["Popularity"].Should().Be(1);
    }

    [Theory]
    [InlineData(true, NegativeDistribution.Popularity, false, 1)]
    [InlineData(true, NegativeDistribution.Popularity, true, 0)]
    [InlineData(true, NegativeDistribution.Uniform, false, 0)]
    [InlineData(false, NegativeDistribution.Popularity, false, 0)]
    public void Negatives_that_take_popularity_out_of_the_ranking_are_told(
        bool shared, NegativeDistribution distribution, bool corrected, int warnings)
    {
        RecDataset data = Samples.Checkerboard(20, 16);
        using DRepMRecModel model = DRepMRecModel.Create(data, new()
        {
            EmbeddingDim = 4,
            Loss = shared ? new RankingLoss.SampledSoftmax() : new RankingLoss.Bpr(),
        });
        using var log = new ListLog();
        _ = new Trainer(
            model, data, new() { MaxEpochs = 1, Negatives = new() { Distribution = distribution, Corrected = corrected } }, log).Fit();
        log.Of(111).Should().HaveCount(warnings);
    }

    private static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(0, count).Select(n => $"{prefix}{n}");
}
