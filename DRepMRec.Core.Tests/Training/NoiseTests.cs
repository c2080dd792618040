using DRepMRec.Evaluation;
using DRepMRec.Training;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>What keeps the end of a training from following the noise of single epochs.</summary>
public sealed class NoiseTests : CheckpointTestBase
{
    [Fact]
    public void Averaged_weights_are_the_mean_of_all_epochs_then_follow_the_last_ones()
    {
        using var module = nn.Linear(1, 1, hasBias: false);
        using var average = new AveragedWeights(module, epochs: 2);
        float Mean()
        {
            using (average.Use())
                return module.weight!.item<float>();
        }

        foreach (var (epoch, weight, expected) in new[] { (1, 4f, 4f), (2, 2f, 3f), (3, 5f, 4f) })
        {
            using (no_grad())
                module.weight!.fill_(weight);
            average.Add(epoch);
            Mean().Should().BeApproximately(expected, 1e-6f);
            module.weight!.item<float>().Should().Be(weight, "training goes on from the weights as they are");
        }

        average.Restore();
        module.weight!.item<float>().Should().BeApproximately(4, 1e-6f);
    }

    [Fact]
    public void Validation_and_the_result_are_of_the_averaged_weights()
    {
        TrainerOptions options = Options with { AveragedEpochs = 3, MaxEpochs = 4 };
        using DRepMRecModel averaged = Create("LightGCN"), plain = Create("LightGCN");
        TrainingReport a = new Trainer(averaged, Board, options).Fit();
        TrainingReport b = new Trainer(plain, Board, options with { AveragedEpochs = 1 }).Fit();
        a.History[0].Validation![Recall].Should().Be(b.History[0].Validation![Recall], "the mean of one epoch is that epoch");
        a.History.Select(e => e.Losses["loss"]).Should().Equal(b.History.Select(e => e.Losses["loss"]), "training is the same");
        using UserItemEmbeddings final = averaged.Embed();
        new Evaluator(options.Evaluation).Evaluate(EmbeddingScorer.Of(final), Board, EvaluationTarget.Validation)[Recall]
            .Should().Be(a.Validation![Recall]);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    public void A_stopped_training_goes_on_as_if_it_had_not_been(int averaged, int smoothed)
    {
        TrainerOptions options = Options with { AveragedEpochs = averaged, SmoothedValidations = smoothed };
        string whole = Train("LightGCN", options, []);
        TrainerOptions kept = options with { Checkpoint = new() { Path = File, EveryEpochs = 1 } };
        FluentActions.Invoking(() => Train("LightGCN", kept, [5])).Should().Throw<OperationCanceledException>();
        Train("LightGCN", kept, []).Should().Be(whole);
    }

    [Fact]
    public void Smoothed_stopping_waits_for_more_than_one_good_figure()
    {
        var stopping = new EarlyStopping(patience: 3, smoothed: 2);
        double[] figures = [0.1, 0.5, 0.1, 0.35, 0.37, 0.2, 0.2, 0.2];
        bool[] better = [.. figures.Select((figure, n) => stopping.Update(n + 1, figure))];

        // Means of two: 0.1, 0.3, 0.3, 0.225, 0.36, 0.285, 0.2, 0.2.
        better.Should().Equal(true, true, false, false, true, false, false, false);
        stopping.BestEpoch.Should().Be(5);
        stopping.BestValue.Should().BeApproximately(0.36, 1e-12);
        stopping.ShouldStop.Should().BeTrue();
    }
}
