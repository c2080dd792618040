namespace DRepMRec.Tests.Reliability;

public sealed class KillTests
{
    [SkippableFact]
    public void Killed_at_random_moments_a_training_comes_to_the_same_end()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM to send.");
        var run = new KillRun(seed: 20240411, longestWait: 2000);
        foreach (string model in new[] { "DRepMRec", "FREEDOM" })
            run.Train(model);
        run.Ends.Should().Be(2);
        (run.Kills + run.Terminations).Should().BePositive();
    }
}
