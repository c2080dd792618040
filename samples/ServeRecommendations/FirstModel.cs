using DRepMRec;
using DRepMRec.Data;

namespace ServeRecommendations;

/// <summary>A small synthetic model, trained once and kept in the folder for temporary files.</summary>
internal static class FirstModel
{
    public static string FileOrTrain()
    {
        string file = Path.Combine(Path.GetTempPath(), "drepmrec-synthetic-4.drepmrec");
        if (File.Exists(file))
            return file;
        Console.WriteLine($"Training a synthetic model for '{file}'; it takes a minute ...");
        RecDataset data = SyntheticDataset.Create().Data;
        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecPreset.For(data).Model);
        TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 60 }).Fit();
        report.BuildRecommender().Save(file);
        return file;
    }
}
