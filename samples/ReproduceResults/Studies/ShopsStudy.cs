using Common;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;
using ReproduceResults.Fair;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>How models fare in small shops, against recommenders that only count.</summary>
internal sealed class ShopsStudy : Study
{
    private const int Shops = 20, Trials = 8;

    /// <summary>What a training may lie below the better of Popularity and ItemKNN.</summary>
    private const double Tolerance = 0.02;

    /// <summary>What has options that validation chooses in each shop, as a blend's weights are chosen there.</summary>
    private static readonly string[] Searched = ["ItemKNN", "EASE"];

    private const string WithSearch = " (searched)";

    public const string Title = "shops";

    public override string Name => Title;

    public override string Describe(DatasetFigures data) => $"{Shops} made-up shops";

    protected override IReadOnlyList<string> Usual { get; } =
    [
        "Popularity", "ItemKNN", "EASE", .. Searched.Select(name => name + WithSearch), "Item-to-item", Catalogue.Ours,
        $"{Catalogue.Ours} + item-to-item",
    ];

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss) => options.Data is null
        ? Enumerable.Range(options.FirstShop, Shops).Select(SmallShop.Create).SelectMany(
            shop => CatalogueVariants.All(shop, loss, options.Epochs).Concat(Searched.Select(name => Search(shop, name))))
        : throw new ArgumentException($"--data: {Name} makes its own datasets, expected none.");

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        string[] models = [.. outcomes.Select(o => o.Name).Distinct()];
        Shop[] shops = [.. outcomes.GroupBy(o => o.First.SplitChecksum)
            .Select(g => new Shop(g.First().First.Dataset, g.ToDictionary(o => o.Name)))];
        report.Heading(Training.Recall.ToString());
        report.Say("Orders are those of training and validation; the test set is what the same customers buy next, ten products each.");
        report.Table(["Shop", "customers", "products", "orders", "content", .. models], shops.Select(shop => (IReadOnlyList<string>)
        [
            shop.Data.Name, $"{shop.Data.Users}", $"{shop.Data.Items}", $"{shop.Data.Train + shop.Data.Validation}",
            shop.Data.Modalities.Count > 0 ? "text" : "", .. models.Select(m => shop.Show(m)),
        ]));
        foreach (string search in new[] { "", WithSearch })
        {
            string[] counting = ["Popularity", "ItemKNN" + search];
            if (shops.All(s => counting.All(s.Models.ContainsKey)))
                Compare(report, shops, models, counting, "EASE" + search);
        }
    }

    private static void Compare(Report report, Shop[] shops, string[] models, string[] counting, string ease)
    {
        report.Heading($"Against the better of {string.Join(" and ", counting)}");
        report.Say(FormattableString.Invariant($"How many trainings are not below it by more than {100 * Tolerance} %; the mean and the ")
            + $"lowest difference to it; the mean difference to {ease} in the same shop.");
        report.Table(["Model", "trainings", "mean", "lowest", $"mean against {ease}"],
            models.Except(counting).Select(model => Compare(model, shops, counting, ease)));
    }

    private static Variant Search(RecDataset shop, string name)
    {
        IReadOnlyList<FairSetting> drawn = FairBaselines.Drawn(shop, name, Trials);
        return new Variant(name + WithSearch, shop, OptionsHash.Of(string.Join('\n', drawn.Select(setting => setting.Key))))
        {
            Baseline = token => FairBaselines.Search(shop, name, drawn, token),
        };
    }

    private static IReadOnlyList<string> Compare(string model, IReadOnlyList<Shop> shops, string[] counting, string ease)
    {
        double[] gains = [.. shops.SelectMany(shop => shop.Gains(model, shop.BestOf(counting)))];
        double[] overEase = [.. shops.SelectMany(shop => shop.Gains(model, shop.BestOf([ease])))];
        return
        [
            model, $"{gains.Count(g => g >= -Tolerance)} of {gains.Length}", Cell.Percent(gains.Mean()), Cell.Percent(gains.Min()),
            overEase.Length == 0 ? "" : Cell.Percent(overEase.Mean()),
        ];
    }

    private sealed record Shop(DatasetFigures Data, IReadOnlyDictionary<string, Outcome> Models)
    {
        private static RankingMetric Metric => Training.Recall;

        public string Show(string model) => Models.TryGetValue(model, out Outcome? outcome) ? Cell.Spread(outcome.Test(Metric)) : "";

        public double BestOf(IEnumerable<string> models)
            => models.Where(Models.ContainsKey).Select(m => Models[m].Mean(Metric)).DefaultIfEmpty(double.NaN).Max();

        public IEnumerable<double> Gains(string model, double reference) => double.IsNaN(reference) || !Models.ContainsKey(model)
            ? []
            : Models[model].Test(Metric).Select(value => (value / reference) - 1);
    }
}
