using System.Globalization;
using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Losses;
using DRepMRec.Training;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>The default by how it is trained: whether something else is there sooner.</summary>
internal sealed class RecipesStudy : Study
{
    private static readonly Recipe[] Recipes =
    [
        new(), new(Rate: 2e-3), new(PerUser: 10), new(Temperature: 0.15), new(Temperature: 0.15, Rate: 2e-3, Batch: 8192),
    ];

    public const string Title = "recipes";

    public override string Name => Title;

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
    {
        if (loss != "softmax")
            throw new ArgumentException($"--loss {loss}: expected softmax for {Name}.");
        return Recipes.Select(recipe =>
        {
            DRepMRecOptions model = new() { Loss = new RankingLoss.SampledSoftmax { Temperature = recipe.Temperature } };
            var trainer = new TrainerOptions
            {
                MaxEpochs = options.Epochs,
                EvaluateEvery = options.EvaluateEvery,
                Adam = new AdamOptions { LearningRate = recipe.Rate },
                InteractionsPerUser = recipe.PerUser,
                BatchSize = recipe.Batch > 0 ? recipe.Batch : null,
                Threads = 1,
            };
            return new Variant(recipe.ToString(), data, OptionsHash.Of(model, null, trainer))
            {
                Trainer = trainer,
                Model = seed => new OwnedModel(DRepMRecModel.Create(data, model with { Seed = seed })),
            };
        });
    }

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        report.Heading("By recipe");
        report.Say("The default, trained in other ways; validation decides, test figures stand beside. A recipe is faster where its best epoch "
            + "comes earlier, or where its epochs have fewer steps.");
        report.Table(
            [
                "Recipe", "seeds", $"validation {Training.Recall}", $"validation {Training.Ndcg}", Training.Recall.ToString(),
                Training.Ndcg.ToString(), "best epoch",
            ],
            outcomes.Select(Row));
    }

    private static IReadOnlyList<string> Row(Outcome line) =>
    [
        line.Name, $"{line.Trainings.Count}", line.Show(t => t.Valid[Training.Recall.ToString()]),
        line.Show(t => t.Valid[Training.Ndcg.ToString()]), Cell.Spread(line.Test(Training.Recall)), Cell.Spread(line.Test(Training.Ndcg)),
        line.Show(t => t.BestEpoch, 0),
    ];

    /// <summary>What differs from the default.</summary>
    private sealed record Recipe(double Temperature = 0.25, double Rate = 1e-3, int PerUser = 0, int Batch = 0)
    {
        public override string ToString()
        {
            string[] parts =
            [
                .. Part(Temperature != 0.25, $"temperature {Temperature}"), .. Part(Rate != 1e-3, $"learning rate {Rate}"),
                .. Part(PerUser > 0, $"{PerUser} per user"), .. Part(Batch > 0, $"batch {Batch}"),
            ];
            return parts.Length == 0 ? "default" : string.Join(" + ", parts);
        }

        private static IEnumerable<string> Part(bool isThere, FormattableString words)
            => isThere ? [words.ToString(CultureInfo.InvariantCulture)] : [];
    }
}
