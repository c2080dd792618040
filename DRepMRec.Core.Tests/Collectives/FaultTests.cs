using DRepMRec.Tests.Reliability;

namespace DRepMRec.Tests.Collectives;

public sealed class FaultTests
{
    /// <summary>The command of docs/scale.md makes 200 of them.</summary>
    [Fact]
    public void With_late_messages_and_lost_or_stuck_peers_the_result_is_right_or_the_error_is_named_and_a_checkpoint_leads_to_it()
    {
        // On a busy machine messages may be too late without a fault, too.
        var run = new FaultRun(seed: 7, TimeSpan.FromSeconds(0.1));
        while (run.Runs < 24)
            run.Next();
        run.Ended.Lost.Should().BePositive();
        run.Ended.Stuck.Should().BePositive();
        run.Resumed.Should().BePositive();
        (run.Undisturbed + run.Ended.Lost + run.Ended.Stuck).Should().Be(24);
    }
}
