using DRepMRec.Tests.Data;
using ReproduceResults.Fair;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace DRepMRec.Tests.Documentation;

/// <summary>The fair comparison of docs/method.md: its family of tests, whatever becomes of trainings.</summary>
public sealed class FairComparisonTests
{
    [Fact]
    public void The_family_is_that_of_the_method()
    {
        FairFamily.OfDataset(hasContent: true, _ => "bpr").Should().HaveCount(42).And.OnlyHaveUniqueItems();
        FairFamily.OfDataset(hasContent: false, _ => "softmax").Should().HaveCount(16).And.OnlyHaveUniqueItems();
        FairFamily.OfRedrawn(hasContent: true, _ => "bpr").Should().HaveCount(10).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(true, 84)]
    [InlineData(false, 32)]
    public void A_model_that_diverged_everywhere_leaves_the_family_as_it_was(bool hasContent, int tests)
    {
        using var folder = new TempFolder();
        Outcome[] outcomes = [.. Outcome.Of([Training(FairStage.Search, "LightGCN (bpr)", hasContent),
            Training(FairStage.Final, "LightGCN (bpr)", hasContent)])];
        var report = new Report(folder.Path, "fair", "small");
        FairPage.Write(report, outcomes);
        File.ReadAllText(report.Save()).Should().Contain($"over all {tests} tests of this page").And.Contain($"{tests} of them lack");
    }

    [Fact]
    public void Redrawn_splits_of_data_with_content_have_the_whole_family()
    {
        using var folder = new TempFolder();
        Training training = Training(FairStage.Redrawn, "LightGCN (bpr)", hasContent: true);
        var report = new Report(folder.Path, "redrawn", "small");
        RedrawnPage.Write(report, Outcome.Of([training with { Dataset = training.Dataset with { Kind = RedrawnPage.PerUser } }]));
        File.ReadAllText(report.Save()).Should().Contain("over all 40 tests of this page");
    }

    private static Training Training(string study, string title, bool hasContent) => new(study, title, 2024, "0123456789abcdef", study)
    {
        Dataset = new("small", "small", "0123456789abcdef", 10, 2, 2) { Modalities = hasContent ? ["text"] : [] },
        Loss = "bpr",
        Title = title,
        Epochs = 1,
        Valid = ReproduceResults.Trainings.Training.Metrics.ToDictionary(m => m.ToString(), _ => 0.1),
        Test = ReproduceResults.Trainings.Training.Metrics.ToDictionary(m => m.ToString(), _ => 0.1),
        TestUsers = 2,
    };
}
