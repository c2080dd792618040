using System.Globalization;
using DRepMRec;
using DRepMRec.Evaluation;

namespace Common;

/// <summary>Says where counting recommends better than a trained model.</summary>
internal static class BaselineWarning
{
    /// <summary>Writes one line with the baselines that are better on validation, and what to do; nothing where none is.</summary>
    public static void Show(TrainingReport report)
    {
        if (report.BetterBaselines.Count == 0)
            return;
        RankingMetric metric = new TrainerOptions().StoppingMetric;
        IEnumerable<string> better = report.BetterBaselines.Select(
            baseline => string.Create(CultureInfo.InvariantCulture, $"{baseline.Key} ({baseline.Value:F4})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Better by validation {metric} than the trained model ({report.Validation![metric]:F4}): {string.Join(", ", better)}. ")
            + "Train on more interactions, or look for options that suit the data: samples/SearchOptions takes the folder that "
            + "RecDataset.SaveMmrec writes.");
    }
}
