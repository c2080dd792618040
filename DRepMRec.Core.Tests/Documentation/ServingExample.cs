using DRepMRec.Data;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/serving.md.</summary>
internal static class ServingExample
{
    public static void Save(TrainingReport report)
    {
        Recommender recommender = report.BuildRecommender();
        recommender.Save("tiktok.drepmrec");
    }

    public static void Serve()
    {
        Recommender recommender = Recommender.Load("tiktok.drepmrec");
        foreach (var (item, score) in recommender.Recommend("42", count: 10))
            Console.WriteLine($"{item} {score:F3}");
    }

    public static void Shrink(Recommender recommender)
    {
        recommender.WithRowPrecision(RowPrecision.Int8).Save("tiktok-small.drepmrec");
    }

    public static void Ask(Recommender recommender, ISet<string> inStock)
    {
        RecommendationList list = recommender.Recommend(new RecommendationRequest
        {
            UserId = "42",
            History = ["1017", "88"],
            Count = 20,
            Excluded = ["1017"],
            Filter = id => inStock.Contains(id),
            MinimumScore = 0.2f,
        });
        Console.WriteLine(list.Source);
    }

    public static void AskMany(Recommender recommender, IEnumerable<string> users)
    {
        IReadOnlyList<RecommendationList> lists = recommender.Recommend([.. users.Select(u => new RecommendationRequest { UserId = u })]);
        Console.WriteLine(lists.Count);
    }

    public static void Neighbors(Recommender recommender)
    {
        IReadOnlyList<Recommendation> alike = recommender.SimilarItems("1017", 10, RepresentationSpace.Content);
        IReadOnlyList<SimilarUser> peers = recommender.SimilarUsers("42");
        Console.WriteLine($"{alike.Count} {peers.Count}");
    }

    public static void Change(Recommender recommender, float[] image, float[] audio)
    {
        Recommender next = recommender
            .WithItems([new ItemContent(
                "9001", new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Image] = image, [Modality.Audio] = audio })])
            .WithoutItems(["88"]);
        next.Save("tiktok-tuesday.drepmrec");
    }

    public static void Why(Recommender recommender)
    {
        Explanation why = recommender.Explain("42", "1017")!;
        Console.WriteLine(
            $"{why.Score} = {why.Behavior} by behaviour + {string.Join(" + ", why.Modalities.Select(m => $"{m.Value} by {m.Key}"))}");
        Console.WriteLine($"most like {string.Join(", ", why.Supporters.Select(s => s.Item))} of the history");
    }

    public static void Export(Recommender recommender)
    {
        recommender.ExportNpy("vectors");
        recommender.ExportParquet("vectors");
    }
}
