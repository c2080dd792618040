using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;

namespace CompareServedModels;

/// <summary>Two small models of one shop: today there is what users have chosen since yesterday, and items that are new.</summary>
internal static class TwoDays
{
    private const int Epochs = 20;
    private const int OneItemIn = 50;

    public static (Recommender Yesterday, Recommender Today) Train(CancellationToken cancellation)
    {
        Console.WriteLine("Training two small models; it takes some seconds ...");
        RecDataset shop = SyntheticDataset.Create(new SyntheticOptions { Users = 600, Items = 400, Clusters = 12 }).Data;
        bool IsNew(int item) => item % OneItemIn == 0;
        Recommender yesterday = Train(Day(shop, "yesterday", [shop.Train], item => !IsNew(item)), cancellation);
        Recommender today = Train(Day(shop, "today", [shop.Train, shop.Validation], _ => true), cancellation);
        return (yesterday, today);
    }

    private static RecDataset Day(RecDataset shop, string name, InteractionSet[] parts, Func<int, bool> isThere)
    {
        IEnumerable<Interaction> interactions =
            from part in parts
            from user in Enumerable.Range(0, shop.Users.Count)
            from item in part.ItemsOf(user).ToArray()
            where isThere(item)
            select new Interaction(shop.Users[user], shop.Items[item]);
        FeatureTable[] features = [.. shop.Features.Select(f => Features(shop, f, isThere))];
        return RecDataset.FromInteractions(name, interactions, features, new DatasetOptions { Split = SplitStrategy.None });
    }

    private static FeatureTable Features(RecDataset shop, ItemFeatures features, Func<int, bool> isThere)
    {
        int[] items = [.. Enumerable.Range(0, shop.Items.Count).Where(i => features.Present[i] && isThere(i))];
        float[] values = [.. items.SelectMany(i => features[i].ToArray())];
        return new FeatureTable(features.Modality, [.. items.Select(i => shop.Items[i])], features.Dimension, values);
    }

    private static Recommender Train(RecDataset data, CancellationToken cancellation)
    {
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 32 });
        return new Trainer(model, data, new TrainerOptions { MaxEpochs = Epochs }).Fit(cancellationToken: cancellation).BuildRecommender();
    }
}
