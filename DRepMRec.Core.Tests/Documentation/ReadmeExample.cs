using DRepMRec.Data;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Documentation;

/// <summary>The first example of the README.</summary>
internal static class ReadmeExample
{
    public static void Run()
    {
        RecDataset data = RecDataset.Load("data/tiktok");
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 64 });
        TrainingReport report = new Trainer(model, data, new TrainerOptions { Seed = 2024 }).Fit();
        Console.WriteLine(report.EvaluateTest());

        Recommender recommender = report.BuildRecommender();
        foreach (var (item, score) in recommender.Recommend("42", count: 10))
            Console.WriteLine($"{item} {score:F3}");
        recommender.Save("tiktok.drepmrec");
    }
}
