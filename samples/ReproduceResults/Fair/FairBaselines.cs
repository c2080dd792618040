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
    public static IEnumerable<string> Names(bool hasContent)
        => Catalogue.BaselineNames.Where(b => hasContent || !Catalogue.NeedsFeatures(b));

    /// <summary>A baseline with what its search chose, or, where it has no options, as it is.</summary>
    public static Variant Of(RecDataset data, string name, FairSetting? setting)
        => new(name, data, setting is null ? "" : OptionsHash.Of(setting.Key))
        {
            Setting = setting?.Key,
            Baseline = token => Create(data, name, setting, token),
        };

    /// <summary>A baseline as validation chooses it: by the highest Recall@20, of equal ones by the higher NDCG@20.</summary>
    public static IItemScorer Search(RecDataset data, string name, IReadOnlyList<FairSetting> drawn, CancellationToken cancellation)
    {
        var evaluator = new Evaluator(new EvaluationOptions { Threads = 1 });
        return drawn.Select(setting => Create(data, name, setting, cancellation))
            .Select(made => (Made: made, Valid: evaluator.Evaluate(made, data, EvaluationTarget.Validation, cancellation)))
            .OrderByDescending(t => t.Valid[Training.Recall]).ThenByDescending(t => t.Valid[Training.Ndcg]).First().Made;
    }

    /// <summary>The combinations of a baseline's search.</summary>
    public static IReadOnlyList<FairSetting> Drawn(RecDataset data, string name, int trials)
        => SearchSpaces.DrawUntrained(name, data.Features.Count > 0, trials);

    private static IItemScorer Create(RecDataset data, string name, FairSetting? setting, CancellationToken token) => setting is null
        ? Catalogue.CreateBaseline(name, data, token)
        : name switch
        {
            "ItemKNN" => new ItemKnnRecommender(data.Train, setting.Baseline(new ItemKnnOptions()), token),
            "EASE" => new EaseRecommender(data.Train, setting.Baseline(new EaseOptions()), token),
            "EASE+features" => Catalogue.EaseWithFeatures(data, setting.Baseline(new EaseOptions()), setting.FeatureWeight, token),
            "Item-to-item" => ItemToItemModel.Solve(data, setting.Baseline(new ItemToItemOptions()), cancellationToken: token),
            _ => throw new ArgumentException($"Expected a baseline that has options, got '{name}'."),
        };
}
