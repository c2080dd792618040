using DRepMRec.Data;
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
}
