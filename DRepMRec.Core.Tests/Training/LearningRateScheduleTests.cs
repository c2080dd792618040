using DRepMRec.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Constant_stays() => Factors(new LearningRateSchedule.Constant(), 4).Should().Equal(1, 1, 1, 1);

    [Fact]
    public void Steps_multiply_after_every_so_many_epochs()
        => Factors(new LearningRateSchedule.Step { Decay = 0.5, Every = 2 }, 6).Should().Equal(1, 1, 0.5, 0.5, 0.25, 0.25);

    [Fact]
    public void Warm_up_rises_in_a_line_and_falls_along_half_a_cosine()
    {
        double[] factors = Factors(new LearningRateSchedule.WarmupCosine { WarmupEpochs = 2 }, 6);
        factors.Zip([0.5, 1, 1, 0.5 + (Math.Sqrt(0.5) / 2), 0.5, 0.5 - (Math.Sqrt(0.5) / 2)], (a, b) => Math.Abs(a - b))
            .Should().OnlyContain(d => d < 1e-12);
    }

    [Fact]
    public void The_trainer_follows_it()
    {
        RecDataset board = Samples.Checkerboard(20, 16);
        double[] Losses(LearningRateSchedule schedule)
        {
            using var model = DRepMRecModel.Create(board, DRepMRecOptions.LightGcn with { EmbeddingDim = 4 });
            return [.. new Trainer(model, board, new TrainerOptions { MaxEpochs = 3, Schedule = schedule })
                .Fit().History.Select(e => e.Losses["loss"])];
        }

        double[] constant = Losses(new LearningRateSchedule.Constant());
        double[] falling = Losses(new LearningRateSchedule.Step { Decay = 0.1, Every = 1 });
        falling[0].Should().Be(constant[0]);
        falling[2].Should().BeGreaterThan(constant[2], "a smaller rate learns less");
        Losses(new LearningRateSchedule.Step { Decay = 1, Every = 1 }).Should().Equal(constant);
    }

    private static double[] Factors(LearningRateSchedule schedule, int epochs)
        => [.. Enumerable.Range(1, epochs).Select(e => schedule.Factor(e, epochs))];
}
