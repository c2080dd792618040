using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/requests.md.</summary>
internal static class RequestsExample
{
    public static void Attach(
        Recommender recommender, string[] ids, string?[] brands, string[][] tags, double?[] prices, DateTimeOffset?[] released,
        string?[] titles)
    {
        ItemMetadata metadata = ItemMetadata.Of(
            ids,
            MetadataColumn.Category("brand", brands),
            MetadataColumn.Categories("tags", tags),
            MetadataColumn.Number("price", prices),
            MetadataColumn.Date("released", released),
            MetadataColumn.Text("title", titles));
        Recommender stocked = recommender.WithMetadata(metadata);
        stocked.Save("shop.drepmrec");
    }

    public static void Show(Recommender stocked)
    {
        foreach (Recommendation item in stocked.Recommend("42"))
        {
            ItemValues? values = stocked.Metadata?[item.Item];
            Console.WriteLine($"{values?.Text("title")} {values?.Number("price")} {item.Probability:P1}");
        }
    }

    public static string Ask(DateTimeOffset lastMonth, int today)
    {
        var request = new RecommendationRequest
        {
            UserId = "42",
            Count = 20,
            Where = [new() { Column = "price", Max = 50 }, new() { Column = "brand", NotIn = ["acme"] }],
            Boosts = [new() { Where = new() { Column = "released", From = lastMonth }, Weight = 0.5 }],
            Quotas = [new() { Column = "brand", Max = 3 }],
            Diversity = new Diversity { Lambda = 0.7, Space = RepresentationSpace.Content },
            Exploration = new Exploration { Temperature = 0.1, Seed = today },
        };
        string json = JsonSerializer.Serialize(request);
        return json;
    }

    public static void Calibrate(Recommender recommender, RecDataset data)
    {
        Recommender calibrated = recommender.WithCalibration(Calibration.Fit(recommender, data));
        ReliabilityDiagram diagram = calibrated.Calibration!.Measure(calibrated, data, EvaluationTarget.Test);
        Console.WriteLine($"{diagram.ExpectedCalibrationError:P2}");
    }

    public static void Describe(IItemScorer scorer, RecDataset data)
    {
        var options = new EvaluationOptions
        {
            ListMetrics = [ListMetric.ItemCoverage(20), ListMetric.Gini(20), ListMetric.AveragePopularity(20), ListMetric.Novelty(20),
                ListMetric.IntraListDiversity(Modality.Image, 20)],
        };
        EvaluationResult result = new Evaluator(options).Evaluate(scorer, data, EvaluationTarget.Test);
        Console.WriteLine(result[ListMetric.Gini(20)]);
    }
}
