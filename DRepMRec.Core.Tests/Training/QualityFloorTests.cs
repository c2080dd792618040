using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Losses;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Training;

/// <summary>
/// The first epochs on real data reach what they reached when the floor was set, but for a sixth: wide enough for another processor, which
/// rounds otherwise, and narrow enough for a mistake that only real data show.
/// </summary>
[Trait("Duration", "Long")]
public sealed class QualityFloorTests
{
    private static readonly RankingMetric Recall = RankingMetric.Recall(20);

    [SkippableFact]
    public void DRepMRec_on_TikTok()
    {
        RecDataset data = RecDataset.Load(SharedData.Require("tiktok"));
        using DRepMRecModel model = DRepMRecModel.Create(data);
        Validated(model, data, epochs: 2).Should().BeInRange(0.052, 0.072);
    }

    [SkippableFact]
    public void LightGCN_on_Sports()
    {
        RecDataset data = RecDataset.Load(SharedData.Require("sports"));
        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn with { Loss = new RankingLoss.SampledSoftmax() });
        Validated(model, data, epochs: 1).Should().BeInRange(0.043, 0.059);
    }

    private static double Validated(DRepMRecModel model, RecDataset data, int epochs)
    {
        var options = new TrainerOptions { MaxEpochs = epochs, EvaluateEvery = epochs, StoppingMetric = Recall };
        return new Trainer(model, data, options).Fit().Validation![Recall];
    }
}
