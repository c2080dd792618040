using DRepMRec.Collectives;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Reliability;
using DRepMRec.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DRepMRec.Tests.Collectives;

public sealed class FaultTests
{
    /// <summary>Whichever exchange a peer is lost at, the next training may open the checkpoint.</summary>
    [Fact]
    public void A_peer_that_is_lost_leaves_no_checkpoint_locked()
    {
        using var folder = new TempFolder();
        string file = folder["run.checkpoint"];
        for (int exchange = 1; exchange <= 14; exchange++)
        {
            var faults = new SimulatedFaults { Rank = 1, Exchange = exchange };
            (string? Result, Exception? Error)[] ends = InProcessCollective.Run(
                InProcessCollective.Create(2, TimeSpan.FromSeconds(0.1), faults),
                collective => ColumnTraining.Run("LightGCN, BPR", 32, collective, file));
            ends[0].Error.Should().BeOfType<CollectiveException>();
            new CheckpointFile(file, NullLogger.Instance).Dispose();
        }
    }

    /// <summary>The command of docs/scale.md makes 200 of them.</summary>
    [Fact]
    public void With_late_messages_and_lost_or_stuck_peers_the_result_is_right_or_the_error_is_named_and_a_checkpoint_leads_to_it()
    {
        var run = new FaultRun(seed: 7, TimeSpan.FromSeconds(0.1));
        while (run.Runs < 16)
            run.Next();
        run.Undisturbed.Should().BePositive();
        run.Ended.Lost.Should().BePositive();
        run.Ended.Stuck.Should().BePositive();
        run.Resumed.Should().BePositive();
        (run.Undisturbed + run.Ended.Lost + run.Ended.Stuck).Should().Be(16);
    }
}
