using System.Text.Json;
using Common;
using DRepMRec.Data;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>
/// Text features that a dataset brings, and others of the same items from files: DRepMRec with text alone, each the same way.
/// </summary>
internal sealed class FeaturesStudy : Study
{
    public const string Title = "features";

    private const string Given = "given";

    public override string Name => Title;

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
    {
        ItemFeatures given = data.Features.FirstOrDefault(f => f.Modality == Modality.Text)
            ?? throw new ArgumentException($"--data: expected features of the modality {Modality.Text}.");
        yield return Of(Given, null, given);
        string[] items = File.ReadAllLines(Path.Combine(options.Features!, "items.txt"));
        Dictionary<string, double> seconds = Seconds(options.Features!);
        foreach (string file in Directory.GetFiles(options.Features!, "*.npy").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (name == Given)
                throw new ArgumentException($"--features: expected another name than that of {file}; the data's own are called so.");
            ItemFeatures features = Align(data, FeatureTable.LoadNpy(file, Modality.Text, items));
            int known = items.Count(id => data.Items.TryGetIndex(id, out _));
            Console.WriteLine($"{file}: features of {features.PresentCount} of {data.Items.Count} items of {data.Name}; "
                + $"{items.Length - known} rows are of items that it doesn't have");
            yield return Of(name, seconds.TryGetValue(name, out double value) ? value : null, features);
        }

        Variant Of(string name, double? took, ItemFeatures features)
        {
            var withText = new RecDataset(data.Name, data.Users, data.Items, data.Splits, [features]);
            Variant ours = CatalogueVariants.All(withText, loss, options.Epochs).First(v => v.Name == Catalogue.Ours) with
            {
                Name = name,
                Source = data,
                Features = new FeatureFigures(features.Dimension) { Seconds = took },
            };
            return options.EvaluateEvery == 1 ? ours : ours with
            {
                Trainer = ours.Trainer with { EvaluateEvery = options.EvaluateEvery },
                Options = $"{ours.Options}, evaluated every {options.EvaluateEvery} epochs",
            };
        }
    }

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        Outcome? given = outcomes.FirstOrDefault(o => o.Name == Given);
        var family = new Family(given is null ? [] : outcomes.Where(o => o != given).Select(o => (o, given)));
        report.Heading("Text features");
        report.Say("DRepMRec with the text modality alone. Seconds are those that the features' log has. Compared with those that the data "
            + $"brings; {Family.Words}.");
        report.Table(
            [
                "Features", "numbers per item", "seconds", Training.Recall.ToString(), Training.Ndcg.ToString(), $"p of {Training.Recall}",
                $"p of {Training.Ndcg}",
            ],
            outcomes.Select(o => (IReadOnlyList<string>)
            [
                o.Name, $"{o.First.Features!.Dimension}", Cell.Number(o.First.Features.Seconds ?? double.NaN, 1),
                Cell.Spread(o.Test(Training.Recall)), Cell.Spread(o.Test(Training.Ndcg)), family.P(o, given, Training.Recall),
                family.P(o, given, Training.Ndcg),
            ]));
    }

    private static ItemFeatures Align(RecDataset data, FeatureTable table)
    {
        var values = new float[data.Items.Count * table.Dimension];
        for (int row = 0; row < table.ItemIds.Count; row++)
        {
            if (data.Items.TryGetIndex(table.ItemIds[row], out int item))
                table.Values.Span.Slice(row * table.Dimension, table.Dimension).CopyTo(values.AsSpan(item * table.Dimension));
        }

        return new ItemFeatures(Modality.Text, data.Items.Count, table.Dimension, values);
    }

    private static Dictionary<string, double> Seconds(string folder)
    {
        string log = Path.Combine(folder, "features.jsonl");
        var seconds = new Dictionary<string, double>();
        int number = 0;
        foreach (string line in File.Exists(log) ? File.ReadLines(log) : [])
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                JsonElement made = JsonDocument.Parse(line).RootElement;
                seconds[made.GetProperty("features").GetString()!] = made.GetProperty("seconds").GetDouble();
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
            {
                throw new IOException($"{log} line {number}: expected an object with \"features\" and \"seconds\": {e.Message}", e);
            }
        }

        return seconds;
    }
}
