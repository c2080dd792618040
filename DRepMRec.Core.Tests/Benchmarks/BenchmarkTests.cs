using Benchmarks;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Benchmarks;

/// <summary>What the benchmarks read, make and conclude.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public void Timings_of_another_toolbox_are_read_wherever_they_stand_in_a_line()
    {
        ToolboxLog log = ToolboxLog.Parse(
        [
            "epochs: 1000",
            "26 Nov 07:30 INFO  epoch 0 training [time: 2.05s, train loss: 21.3456]",
            "26 Nov 07:30 INFO  epoch 0 evaluating [time: 0.93s, valid_score: 0.034500]",
            "valid result: recall@20: 0.0345",
            "epoch 1 training [time: 1.5s, train loss: 20.1]",
            "epoch 1 evaluating [time: 1e-2s]",
        ], "run.log");
        log.Training.Should().Equal(2.05, 1.5);
        log.Evaluation.Should().Equal(0.93, 0.01);
    }

    [Theory]
    [InlineData("nothing of the kind", "run.log: expected lines like 'epoch 3 training [time: 1.05s*, found none in 1 lines.")]
    [InlineData("epoch 0 evaluating [time: 0.93s]", "run.log: expected lines like*")]
    [InlineData("epoch 0 training [time: fasts]", "run.log, line 1: expected seconds above 0 for training, got 'fast'.")]
    [InlineData("epoch 0 training [time: 0.00s]", "run.log, line 1: expected seconds above 0 for training, got '0.00'.")]
    [InlineData("epoch 1 training [time: 1s]\nepoch 0 training [time: 1s]", "run.log, line 2: epoch 0 of training comes after epoch 1.*")]
    public void Logs_that_say_nothing_or_something_odd_are_refused(string text, string message)
        => FluentActions.Invoking(() => ToolboxLog.Parse(text.Split('\n'), "run.log"))
            .Should().Throw<FormatException>().WithMessage(message);

    [Fact]
    public void What_is_outside_of_shared_loops_bounds_what_more_threads_bring()
    {
        ScalingPart part = ScalingPart.Of("part", new Dictionary<int, List<Turn>>
        {
            [2] = [new Turn(60, 110, 40), new Turn(59, 109, 41), new Turn(80, 120, 42)],
            [1] = [new Turn(100, 100, 0), new Turn(90, 90, 0), new Turn(110, 110, 0)],
        }, [new Turn(125, 100, 0), new Turn(110, 100, 0), new Turn(130, 100, 0)], copies: 2);
        part.Points.Should().Equal(new ScalingPoint(1, 100, 90, 100, null), new ScalingPoint(2, 60, 59, 110, 20));
        part.SerialShare.Should().Be(0.2);
        part.Room.Should().Be(1.6, "two at once take 125 ms, one alone 100");
        ScalingPart.Foresee(0.2, 1).Should().Be(1);
        ScalingPart.Foresee(0.2, 2).Should().BeApproximately(1 / 0.6, 1e-12);
        ScalingPart.Foresee(0.2, int.MaxValue).Should().BeApproximately(5, 1e-6);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(20_123)]
    [InlineData(300_000)]
    public void The_file_of_the_suite_of_reach_has_as_many_distinct_interactions_as_are_asked_for(int interactions)
    {
        using var folder = new TempFolder();
        ReachFile.Write(folder["reach.csv"], interactions).Should().Be(new FileInfo(folder["reach.csv"]).Length);
        string[] lines = File.ReadAllLines(folder["reach.csv"]);
        lines.Should().HaveCount(interactions + 1).And.OnlyHaveUniqueItems();
        lines[0].Should().Be("user,item");
        lines.Skip(1).CountBy(line => line.Split(',')[0]).Max(user => user.Value).Should().BeLessThan(200, "none has nearly all items");
    }
}
