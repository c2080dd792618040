namespace DRepMRec.Tests.Reliability;

public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Damaged_input_brings_about_documented_exceptions_and_nothing_else(string target)
    {
        FuzzRun run = new FuzzRun(FuzzTargets.All.Single(t => t.Name == target), seed: 1).Run(400);
        run.Refused.Should().BeInRange(40, 400);
    }

    [SkippableFact]
    public void So_do_damaged_pieces_of_real_files()
    {
        foreach (FuzzTarget target in FuzzTargets.Real())
            new FuzzRun(target, seed: 2).Run(150).Refused.Should().BeInRange(15, 150);
    }

    [Fact]
    public void Extreme_options_are_refused_or_train_or_diverge()
    {
        OptionRun run = new OptionRun(seed: 3).Run(200);
        run.Refused.Should().BePositive();
        run.Trained.Should().BeGreaterThan(60);
    }
}
