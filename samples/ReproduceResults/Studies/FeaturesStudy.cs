using System.Diagnostics;
using Common;
using DRepMRec.Data;
using DRepMRec.Features;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>
/// Text features that the library makes of the titles beside a dataset, <c>titles.tsv</c> with the columns itemID, textual_id and
/// brand_and_categories, and those that the dataset brings: DRepMRec with text alone, each the same way.
/// </summary>
internal sealed class FeaturesStudy : Study
{
    public const string TitlesFile = "titles.tsv";

    public override string Name => "features";

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
    {
        string file = Path.Combine(options.Data ?? throw new ArgumentException("--data: expected a folder with titles."), TitlesFile);
        ItemTable items = ItemTable.LoadDelimited(file, new()
        {
            Separator = '\t',
            Quotes = false,
            Item = "itemID",
            Title = "textual_id",
            Categories = ["brand_and_categories"],
            CategorySeparator = ";",
        });
        ItemFeatures given = data.Features.FirstOrDefault(f => f.Modality == Modality.Text)
            ?? throw new ArgumentException($"--data: expected features of the modality {Modality.Text}.");
        yield return Of(data, given, loss, options.Epochs, "given", null);
        foreach (var (name, columns) in new (string, string[])[]
        {
            ("library: titles", ["textual_id"]),
            ("library: titles, brands and categories", ["textual_id", "brand_and_categories"]),
        })
        {
            var watch = Stopwatch.StartNew();
            ItemFeatures made = Make(data, items, columns);
            yield return Of(data, made, loss, options.Epochs, name, Math.Round(watch.Elapsed.TotalSeconds, 1));
        }
    }

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        report.Heading("Text features");
        report.Say("DRepMRec with the text modality alone. Seconds are those of making the features.");
        report.Table(["Features", "numbers per item", "seconds", Training.Recall.ToString(), Training.Ndcg.ToString(), "p"],
            outcomes.Select(o => (IReadOnlyList<string>)
            [
                o.Name, $"{o.First.Features!.Dimension}", Cell.Number(o.First.Features.Seconds ?? double.NaN, 1),
                Cell.Spread(o.Test(Training.Recall)), Cell.Spread(o.Test(Training.Ndcg)),
                o == outcomes[0] ? "" : Cell.PValue(o.Against(outcomes[0], Training.Recall).PValue),
            ]));
    }

    private static ItemFeatures Make(RecDataset data, ItemTable items, string[] columns)
    {
        FeatureTable table = TextEncoder.Fit(items, new() { Columns = columns }).Encode(items);
        var values = new float[data.Items.Count * table.Dimension];
        for (int row = 0; row < table.ItemIds.Count; row++)
        {
            if (data.Items.TryGetIndex(table.ItemIds[row], out int item))
                table.Values.Span.Slice(row * table.Dimension, table.Dimension).CopyTo(values.AsSpan(item * table.Dimension));
        }

        return new ItemFeatures(Modality.Text, data.Items.Count, table.Dimension, values);
    }

    private static Variant Of(RecDataset data, ItemFeatures text, string loss, int epochs, string name, double? seconds)
    {
        var alone = new RecDataset(data.Name, data.Users, data.Items, data.Splits, [text]);
        return CatalogueVariants.All(alone, loss, epochs).First(v => v.Name == Catalogue.Ours) with
        {
            Name = name,
            Title = name,
            Source = data,
            Features = new FeatureFigures(text.Dimension) { Seconds = seconds },
        };
    }
}
