using System.Diagnostics;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

[Trait("Duration", "Long")]
public sealed class KillTests
{
    [SkippableFact]
    public void Killed_at_random_moments_a_training_comes_to_the_same_end()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM to send.");
        var run = new KillRun(seed: 20240411, longestWait: 1500, most: 2);
        foreach (string model in new[] { "DRepMRec", "FREEDOM" })
            run.Train(model);
        run.Ends.Should().Be(2);
        (run.Kills + run.Terminations).Should().BePositive();
        run.Resumptions.Should().BePositive();
    }

    [SkippableFact]
    public void When_the_disk_is_full_the_last_checkpoint_stays_and_training_goes_on_from_it_later()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The limit on files is set by bash.");
        using var folder = new TempFolder();
        string checkpoint = folder["run.checkpoint"];
        string expected = TinyTraining.Run("LightGCN", null); // Here, so that a native library that is kept is there, beyond the limit.
        using (Process limited = KillRun.Start("LightGCN", checkpoint, largestFile: 60 * 1024))
        {
            string output = limited.StandardOutput.ReadToEnd(), error = limited.StandardError.ReadToEnd();
            limited.WaitForExit();
            limited.ExitCode.Should().NotBe(0, output);
            error.Should().MatchRegex(
                "IOException: The checkpoint after [0-9]+ epochs and 0 batches can't be written, the one before it is as it was: The "
                + "file is too large .*run.checkpoint");
        }

        folder.Files().Should().Equal("run.checkpoint", "run.checkpoint.previous");
        using Process rest = KillRun.Start("LightGCN", checkpoint);
        rest.StandardOutput.ReadToEnd().Should().Be($"{TinyTraining.Ready}\n{expected}\n");
    }
}
