using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>A small synthetic model, trained once and kept in the folder for temporary files.</summary>
internal static class FirstModel
{
    public static string FileOrTrain()
    {
        string file = Path.Combine(Path.GetTempPath(), "drepmrec-synthetic-5.drepmrec");
        if (File.Exists(file))
            return file;
        Console.WriteLine($"Training a synthetic model for '{file}'; it takes a minute ...");
        SyntheticDataset shop = SyntheticDataset.Create();
        RecDataset data = shop.Data;
        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecPreset.For(data).Model);
        TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 60 }).Fit();
        ItemMetadata shown = ItemMetadata.Of(
            data.Items.Ids, [MetadataColumn.Text("title", shop.ItemTitles), MetadataColumn.Category("category", shop.ItemCategories)]);

        // It knows what was held out too, and leaves it out of its lists.
        report.BuildRecommender(new RecommenderOptions { IncludeRefresh = true }).WithMetadata(shown)
            .WithInteractions([.. data.ToInteractions().Where(i => i.Label > 0)]).Save(file);
        return file;
    }
}
