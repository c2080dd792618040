using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.ItemToItem;

/// <summary>
/// A model's scores with an item-to-item part and the items' popularity beside them:
/// s(u, i) = u·i + |u| (c mean over N_u of B_ji + e p_i), where validation chose c and e, and p_i is log(1 + |N_i|) / log(1 + max |N_j|)
/// less its mean over items that somebody has, and 0 for those that nobody has.
/// </summary>
/// <remarks>
/// The part is scaled by the length of the user's row, so that c means the same for users of long rows and of short ones, and is a mean
/// over the user's items, so that it means the same for users of few items and of many. Popularity is there because cosines have no room
/// for it. Immutable and safe for use by many threads.
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
        (Part, Metric) = (part, metric);
        Options = options == part.Options ? options : part.Options with
        {
            Enabled = options.Enabled,
            BlendWeights = options.BlendWeights,
            PopularityWeights = options.PopularityWeights,
        };
        (Weight, PopularityWeight, Factors, Trials) = (chosen.Best.Weight, chosen.Best.PopularityWeight, chosen.Factors, chosen.Trials);
    }

    /// <summary>The item-to-item part. Not a part of the JSON.</summary>
    [JsonIgnore]
    public ItemToItemModel Part { get; }

    /// <summary>The options that the part was solved by, with the weights that were tried.</summary>
    public ItemToItemOptions Options { get; }

    /// <summary>The weight of the part that validation chose, or that was given; 0 for none.</summary>
    public double Weight { get; }

    /// <summary>The weight of the items' popularity that validation chose, or that was given; 0 for none.</summary>
    public double PopularityWeight { get; }

    /// <summary>Whether the model stands alone, as both weights are 0, or there is nothing that they could weigh.</summary>
    internal bool IsEmpty => Factors == default;

    /// <summary>The metric of <see cref="Trials"/>, by which the weights were chosen but in small data.</summary>
    public RankingMetric Metric { get; }

    /// <summary>
    /// The validation figures of the pairs of weights that were tried, in this order: each weight of the part beside the lowest of
    /// popularity, then each of popularity beside the best of these, then each of the part beside the best of those. Empty
    /// where there is no validation.
    /// </summary>
    public IReadOnlyList<BlendTrial> Trials { get; }

    /// <summary>The numbers c and e.</summary>
    internal BlendFactors Factors { get; }

    /// <summary>Chooses the weights for a trained model on validation: at most three passes over its users, and no training.</summary>
    /// <remarks>
    /// Users without training interactions are ranked by the items' popularity here, as a trained model serves them, also where the
    /// representations have rows of them.
    /// </remarks>
    /// <param name="model">The model's representations.</param>
    /// <param name="part">The item-to-item part, for the same users and items.</param>
    /// <param name="data">The dataset, with validation interactions but where there is one weight of each kind.</param>
    /// <param name="options">
    /// The weights of both kinds to try, or <see langword="null"/> for those of the part's options. What else they say is for solving a
    /// part, which this one is.
    /// </param>
    /// <param name="metric">
    /// What is to be highest, or <see langword="null"/> for Recall@20; of equal trials the first is taken. With fewer than 10,000
    /// training interactions the mean logarithm of ranks is to be lowest instead, and the metric is for <see cref="Trials"/>.
    /// </param>
    /// <param name="evaluation">Which users are evaluated, by how many threads; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    /// <exception cref="ArgumentException">
    /// Numbers of users or items differ, or the metric has no cut-off, or there are weights to choose from and nobody to validate on.
    /// </exception>
    /// <exception cref="NotFiniteNumberException">A score is NaN.</exception>
    public static ItemToItemBlend Choose(
        EmbeddingScorer model, ItemToItemModel part, RecDataset data, ItemToItemOptions? options = null, RankingMetric? metric = null,
        EvaluationOptions? evaluation = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(data);
        options ??= part.Options;
        RankingMetric chosenBy = RankingMetric.RequireCutOffs([metric ?? RankingMetric.Recall(20)], nameof(metric))[0];
        ThrowIfOfOther(model, part);
        if (part.UserCount != data.Users.Count || part.ItemCount != data.Items.Count)
        {
            throw new ArgumentException($"Expected a part for {data.Users.Count} users and {data.Items.Count} items, got one for "
                + $"{part.UserCount} and {part.ItemCount}.", nameof(part));
        }

        var search = new BlendSearch(model, part, data, chosenBy, evaluation ?? new EvaluationOptions());
        return new ItemToItemBlend(part, options, chosenBy, search.Run(options, cancellationToken));
    }

    /// <summary>The validation figure of a pair of weights; NaN where it wasn't tried.</summary>
    internal double FigureOf(double weight, double popularityWeight)
        => Trials.FirstOrDefault(t => t.Weight == weight && t.PopularityWeight == popularityWeight)?.Value ?? double.NaN;

    /// <summary>The blended scores of a model's representations, those that the weights were chosen for or later ones.</summary>
    /// <param name="model">The representations, for the same users and items.</param>
    /// <returns>The model itself where both weights are 0.</returns>
    /// <exception cref="ArgumentException">Numbers of users or items differ.</exception>
    public IItemScorer Over(EmbeddingScorer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ThrowIfOfOther(model, Part);
        return IsEmpty ? model : new BlendScorer(model, Part, Factors);
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
