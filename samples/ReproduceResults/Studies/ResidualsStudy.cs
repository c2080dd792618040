using System.Globalization;
using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Training;
using ReproduceResults.Reports;

namespace ReproduceResults.Studies;

/// <summary>The default, and trainings that see an item-to-item part's scores; each alone and blended with the part afterwards.</summary>
internal sealed class ResidualsStudy : Study
{
    private const int Folds = 5;

    private static readonly double[] Weights = [0.05, 0.1, 0.3];

    public const string Title = "residuals";

    public override string Name => Title;

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
    {
        if (loss != "softmax")
            throw new ArgumentException($"--loss {loss}: expected softmax for {Name}.");
        var trainer = new TrainerOptions { MaxEpochs = options.Epochs, Threads = 1 };
        var part = new Lazy<ItemToItemModel>(() => ItemToItemModel.Solve(data));
        var model = new DRepMRecOptions();
        Variant Named(string name) => new(name, data, OptionsHash.Of(model, name, trainer)) { Trainer = trainer, Part = part };
        yield return Named("default") with
        {
            Model = seed => new OwnedModel(DRepMRecModel.Create(data, model with { Seed = seed })),
        };
        foreach (int folds in new[] { 1, Folds })
        {
            var solved = new Lazy<ResidualPart>(() => ResidualPart.Solve(data, folds));
            foreach (double weight in Weights)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"residual {weight}{(folds > 1 ? " of other users" : "")}");
                yield return Named(name) with
                {
                    Model = seed =>
                    {
                        var made = Create(data, model with { Seed = seed }, weight, solved.Value.Copy());
                        return new OwnedModel(made.Model) { Progress = made.Follow };
                    },
                };
            }
        }
    }

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes) => new TemperaturesStudy().Write(report, outcomes);

    private static (DRepMRecModel Model, IProgress<TrainingProgress> Follow) Create(
        RecDataset data, DRepMRecOptions options, double weight, ResidualPart part)
    {
        // A blend of this weight, and no popularity, is what validates each epoch; the loss has its factor from the next epoch on.
        var blend = new ItemToItemOptions { BlendWeights = [weight], PopularityWeights = [0] };
        DRepMRecModel model = DRepMRecModel.Create(data, options with { Loss = new ResidualSoftmax(part), ItemToItem = blend });
        return (model, new EachEpoch(() => part.Factor = Factor(data, model)));
    }

    /// <summary>What the part counts in the blend of the model as it is: the blended score less the model's, by the part's own.</summary>
    private static float Factor(RecDataset data, DRepMRecModel model)
    {
        ItemToItemBlend blend = model.FitItemToItem(data);
        using UserItemEmbeddings final = model.Embed();
        EmbeddingScorer alone = EmbeddingScorer.Of(final);
        float[] own = new float[data.Items.Count], part = new float[data.Items.Count], both = new float[data.Items.Count];
        int user = Enumerable.Range(0, data.Users.Count).First(u => data.Train.ItemsOf(u).Length > 2);
        alone.Score([user], own);
        blend.Part.Score([user], part);
        blend.Over(alone).Score([user], both);
        int item = Enumerable.Range(0, part.Length).MaxBy(i => part[i]);
        return (both[item] - own[item]) / part[item];
    }

    private sealed class EachEpoch(Action follow) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Batch == value.Batches)
                follow();
        }
    }
}
