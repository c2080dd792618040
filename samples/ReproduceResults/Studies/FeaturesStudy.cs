using System.Diagnostics;
using System.Globalization;
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

    private readonly Dictionary<string, (double Seconds, int Dimension)> _made = [];

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
        ItemFeatures titles = Make(data, items, "library: titles", ["textual_id"]);
        ItemFeatures all = Make(data, items, "library: titles, brands and categories", ["textual_id", "brand_and_categories"]);
        _made["given"] = (double.NaN, given.Dimension);
        return new[] { given, titles, all }.Zip(_made.Keys.OrderBy(name => name == "given" ? 0 : 1).ThenBy(name => name.Length),
            (features, name) => Of(data, features, loss, options.Epochs) with { Name = name, Title = name });
    }

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        report.Heading("Text features");
        report.Say("DRepMRec with the text modality alone. Seconds are those of making the features, on this machine, in this run.");
        report.Table(["Features", "numbers per item", "seconds", Training.Recall.ToString(), Training.Ndcg.ToString(), "p"],
            outcomes.Select(o => (IReadOnlyList<string>)
            [
                o.Name, $"{_made[o.Name].Dimension}",
                double.IsNaN(_made[o.Name].Seconds) ? "" : _made[o.Name].Seconds.ToString("F1", CultureInfo.InvariantCulture),
                Cell.Spread(o.Test(Training.Recall)), Cell.Spread(o.Test(Training.Ndcg)),
                o == outcomes[0] ? "" : Cell.PValue(o.Against(outcomes[0]).PValue),
            ]));
    }

    private ItemFeatures Make(RecDataset data, ItemTable items, string name, string[] columns)
    {
        var watch = Stopwatch.StartNew();
        FeatureTable table = TextEncoder.Fit(items, new() { Columns = columns }).Encode(items);
        _made[name] = (watch.Elapsed.TotalSeconds, table.Dimension);
        var values = new float[data.Items.Count * table.Dimension];
        for (int row = 0; row < table.ItemIds.Count; row++)
        {
            if (data.Items.TryGetIndex(table.ItemIds[row], out int item))
                table.Values.Span.Slice(row * table.Dimension, table.Dimension).CopyTo(values.AsSpan(item * table.Dimension));
        }

        return new ItemFeatures(Modality.Text, data.Items.Count, table.Dimension, values);
    }

    private static Variant Of(RecDataset data, ItemFeatures text, string loss, int epochs)
        => CatalogueVariants.All(new RecDataset(data.Name, data.Users, data.Items, data.Splits, [text]), loss, epochs)
            .First(v => v.Name == Catalogue.Ours);
}
