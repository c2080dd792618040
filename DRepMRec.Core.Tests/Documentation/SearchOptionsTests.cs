using SearchOptions;

namespace DRepMRec.Tests.Documentation;

/// <summary>What the sample refuses before it trains.</summary>
public sealed class SearchOptionsTests
{
    private static Setting[] Settings(string entries) => [.. SearchSpace.Parse($"{{\"fixed\": {{{entries}}}}}").Grid()];

    [Fact]
    public void Settings_without_the_metric_that_they_are_compared_by_are_refused()
    {
        const string Evaluated = "\"trainer.evaluation.metrics\": [\"NDCG@10\"]", Stopping = "\"trainer.stoppingMetric\": \"NDCG@10\"";
        FluentActions.Invoking(() => Settings($"{Evaluated}, {Stopping}")).Should().Throw<ArgumentException>()
            .WithMessage("Settings are compared by Recall@20: expected it in 'trainer.evaluation.metrics' or as 'trainer.stoppingMetric'; "
                + "got NDCG@10.");
        Settings(Evaluated).Should().ContainSingle("the metric that a training stops by is evaluated too");
        Settings(Stopping).Should().ContainSingle();
    }

    [Fact]
    public void Draws_are_of_the_grid_each_once()
    {
        SearchSpace space = SearchSpace.Parse("""
            {
              "fixed": { "trainer.patience": 3 },
              "search": { "model.layers": [1, 2, 3], "trainer.l2": [0, 0.1], "model.loss.temperature": [0.2, 0.3, 0.4, 0.5] }
            }
            """);
        string[] grid = [.. space.Grid().Select(setting => setting.Key)];
        string[] shuffled = [.. grid];
        new Random(7).Shuffle(shuffled);
        space.Draw(24, 7).Select(setting => setting.Key).Should().Equal(shuffled).And.BeEquivalentTo(grid);
        space.Draw(5, 7).Select(setting => setting.Key).Should().Equal(shuffled[..5]);
        SearchSpace wide = SearchSpace.Parse($"{{\"search\": {{{string.Join(", ", Enumerable.Range(0, 40).Select(n =>
            $"\"model.option{n}\": [1, 2]"))}}}}}");
        FluentActions.Invoking(() => wide.Draw(1, 1).First()).Should().Throw<ArgumentException>().WithMessage("Expected at most *");
    }

    [Fact]
    public void Options_that_a_method_would_pass_over_are_refused()
    {
        SearchMethod.Grid.Fault(trials: true, firstEpochs: false).Should().StartWith("--trials: ");
        SearchMethod.Grid.Fault(trials: false, firstEpochs: true).Should().StartWith("--first-epochs: ");
        SearchMethod.Random.Fault(trials: true, firstEpochs: true).Should().StartWith("--first-epochs: ");
        SearchMethod.Random.Fault(trials: true, firstEpochs: false).Should().BeNull();
        SearchMethod.Halving.Fault(trials: true, firstEpochs: true).Should().BeNull();
        SearchMethod.Grid.Fault(trials: false, firstEpochs: false).Should().BeNull();
    }
}
