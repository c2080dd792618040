using Common;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>What isn't trained: variants of the combinations of its own search.</summary>
internal static class FairBaselines
{
    // An exact solve takes 16 n² bytes: one after the other.
    private static readonly Lock Solving = new();

    public static IEnumerable<string> Names(bool hasContent)
        => Catalogue.BaselineNames.Where(b => hasContent || !Catalogue.NeedsFeatures(b));

    /// <summary>A baseline with what its search chose, or, where it has no options, as it is.</summary>
    public static Variant Of(RecDataset data, string name, FairSetting? setting)
        => new(name, data, setting is null ? "" : OptionsHash.Of(setting.Key))
        {
            Setting = setting?.Key,
            Baseline = () => Create(data, name, setting),
        };

    /// <summary>A baseline as validation chooses it: by the highest Recall@20, of equal ones by the higher NDCG@20.</summary>
    public static IItemScorer Search(RecDataset data, string name, int trials)
    {
        var evaluator = new Evaluator(new EvaluationOptions { Threads = 1 });
        return SearchSpaces.DrawUntrained(name, data.Features.Count > 0, trials).Select(setting => Create(data, name, setting))
            .Select(made => (Made: made, Valid: evaluator.Evaluate(made, data, EvaluationTarget.Validation)))
            .OrderByDescending(t => t.Valid[Training.Recall]).ThenByDescending(t => t.Valid[Training.Ndcg]).First().Made;
    }

    /// <summary>The part by its defaults: the one that is blended with each trained model.</summary>
    public static ItemToItemModel Part(RecDataset data)
    {
        lock (Solving)
            return ItemToItemModel.Solve(data);
    }

    private static IItemScorer Create(RecDataset data, string name, FairSetting? setting)
    {
        if (setting is null)
            return Catalogue.CreateBaseline(name, data);
        if (name == "ItemKNN")
            return new ItemKnnRecommender(data.Train, setting.Baseline(new ItemKnnOptions()));
        lock (Solving)
        {
            return name switch
            {
                "EASE" => new EaseRecommender(data.Train, setting.Baseline(new EaseOptions())),
                "EASE+features" => Catalogue.EaseWithFeatures(data, setting.Baseline(new EaseOptions()), setting.FeatureWeight),
                "Item-to-item" => ItemToItemModel.Solve(data, setting.Baseline(new ItemToItemOptions())),
                _ => throw new ArgumentException($"Expected a baseline that has options, got '{name}'."),
            };
        }
    }
}
