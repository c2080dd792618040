using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.ItemToItem;

/// <summary>
/// A model's scores with an item-to-item part beside them: s(u, i) = u·i + c |u| mean over N_u of B_ji, where validation chose c.
/// </summary>
/// <remarks>
/// The part is scaled by the length of the user's row, so that c means the same for users of long rows and of short ones, and is a mean
/// over the user's items, so that it means the same for users of few items and of many. Immutable and safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// ItemToItemModel part = ItemToItemModel.Solve(data);
/// ItemToItemBlend blend = ItemToItemBlend.Choose(scorer, part, data);
/// EvaluationResult result = new Evaluator().Evaluate(blend.Over(scorer), data, EvaluationTarget.Test);
/// </code>
/// </example>
public sealed class ItemToItemBlend
{
    private ItemToItemBlend(ItemToItemModel part, ItemToItemOptions options, RankingMetric metric, BlendSearch.Result chosen)
    {
        (Part, Options, Metric) = (part, options, metric);
        (Weight, Factor, Validation) = (chosen.Weight, chosen.Factor, chosen.Values);
    }

    /// <summary>The item-to-item part. Not a part of the JSON.</summary>
    [JsonIgnore]
    public ItemToItemModel Part { get; }

    /// <summary>The options that it was chosen by.</summary>
    public ItemToItemOptions Options { get; }

    /// <summary>The weight that validation chose; with 0 the model stands alone.</summary>
    public double Weight { get; }

    /// <summary>The metric of <see cref="Validation"/>, by which the weight was chosen but in small data.</summary>
    public RankingMetric Metric { get; }

    /// <summary>The validation figure of each weight that was tried.</summary>
    public IReadOnlyDictionary<double, double> Validation { get; }

    /// <summary>The number c.</summary>
    internal float Factor { get; }

    /// <summary>Chooses the weight for a trained model on validation: one pass over its users for all weights, and no training.</summary>
    /// <param name="model">The model's representations.</param>
    /// <param name="part">The item-to-item part, for the same users and items.</param>
    /// <param name="data">The dataset, with validation interactions.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults: their weights are tried.</param>
    /// <param name="metric">
    /// What is to be highest, or <see langword="null"/> for Recall@20; of equal weights the lowest is taken. With fewer than 10,000
    /// training interactions the mean logarithm of ranks is to be lowest instead, and the metric is for <see cref="Validation"/>.
    /// </param>
    /// <param name="evaluation">Which users are evaluated, by how many threads; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    /// <exception cref="ArgumentException">Numbers of users or items differ, or there is nobody to validate on.</exception>
    /// <exception cref="NotFiniteNumberException">A score is NaN.</exception>
    public static ItemToItemBlend Choose(
        EmbeddingScorer model, ItemToItemModel part, RecDataset data, ItemToItemOptions? options = null, RankingMetric? metric = null,
        EvaluationOptions? evaluation = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(data);
        options = (options ?? new ItemToItemOptions()).For(data.Train);
        RankingMetric chosenBy = RankingMetric.RequireCutOffs([metric ?? RankingMetric.Recall(20)])[0];
        ThrowIfOfOther(model, part);
        if (part.UserCount != data.Users.Count || part.ItemCount != data.Items.Count)
        {
            throw new ArgumentException($"Expected a part for {data.Users.Count} users and {data.Items.Count} items, got one for "
                + $"{part.UserCount} and {part.ItemCount}.", nameof(part));
        }

        var search = new BlendSearch(model, part, data, chosenBy, evaluation ?? new EvaluationOptions());
        return new ItemToItemBlend(part, options, chosenBy, search.Run(options.BlendWeights, cancellationToken));
    }

    /// <summary>The blended scores of a model's representations, those that the weight was chosen for or later ones.</summary>
    /// <param name="model">The representations, for the same users and items.</param>
    /// <returns>The model itself where the weight is 0.</returns>
    /// <exception cref="ArgumentException">Numbers of users or items differ.</exception>
    public IItemScorer Over(EmbeddingScorer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ThrowIfOfOther(model, Part);
        return Weight == 0 ? model : new BlendScorer(model, Part, Factor);
    }

    private static void ThrowIfOfOther(EmbeddingScorer model, ItemToItemModel part)
    {
        if (model.UserCount != part.UserCount || model.ItemCount != part.ItemCount)
        {
            throw new ArgumentException($"Expected representations of {part.UserCount} users and {part.ItemCount} items, got "
                + $"{model.UserCount} and {model.ItemCount}.", nameof(model));
        }
    }
}
