using DRepMRec.Alignment;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>Options of <see cref="DRepMRecModel"/>: one place for the parts that it puts together.</summary>
/// <remarks>The defaults come from the trials in docs/experiments.md; the paper publishes no values. Immutable.</remarks>
/// <example>
/// <code>
/// var options = new DRepMRecOptions { EmbeddingDim = 128, Modal = new ModalEncoderOptions { Neighbors = 5 } };
/// using DRepMRecModel model = DRepMRecModel.Create(data, options);
/// </code>
/// </example>
public sealed record DRepMRecOptions
{
    /// <summary>The dimension D of both lines.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The number of LightGCN layers of the behaviour line.</summary>
    /// <value>0 or more. The default is 2.</value>
    public int Layers { get; init => field = Guard.NotNegative(value); } = 2;

    /// <summary>Whether there is a modal line. Without it, or without features in the dataset, the model is LightGCN.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool UseModalLine { get; init; } = true;

    /// <summary>The modal line. Its EmbeddingDim and Seed are overridden by those here.</summary>
    public ModalEncoderOptions Modal { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>How features are scaled.</summary>
    /// <value>The default is <see cref="FeatureScaling.Standardize"/>.</value>
    public FeatureScaling FeatureScaling { get; init => field = Guard.Defined(value); } = FeatureScaling.Standardize;

    /// <summary>
    /// The number of principal components that wider features are reduced to before training, which makes steps faster; relation graphs are
    /// made from the features themselves.
    /// </summary>
    /// <value>0 (off, the default) or more.</value>
    public int FeatureComponents { get; init => field = Guard.NotNegative(value); }

    /// <summary>
    /// Whether modalities that say nothing of who chooses what, and copies of others, weigh nothing in the modal line and in the
    /// item-to-item part, where <see cref="ModalEncoderOptions.ModalityWeights"/> says nothing. It is told by the
    /// training interactions: how much more alike in a modality two items of one user are than two of different users. The log of a
    /// training says what weighs less; docs/method.md has the rule.
    /// </summary>
    /// <value>The default is <see langword="true"/>. Where little is known, all weigh the same.</value>
    public bool ChooseModalityWeights { get; init; } = true;

    /// <summary>Behaviour-Modal Alignment. Its Seed is overridden by the one here.</summary>
    public BmaOptions Alignment { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>The Similarity-Supervised Signal, which is off by default.</summary>
    public SssOptions SimilaritySignal { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>The share of items whose behaviour is left out of a training step, so that the modal line learns to stand alone.</summary>
    /// <value>At least 0 and below 1. The default is 0.1.</value>
    public double BehaviorDropout { get; init => field = Guard.Share(value); } = 0.1;

    /// <summary>
    /// Whether a training step leaves the interactions that its batch asks for out of the modal line's graph. Otherwise the modal line's
    /// user is made of the very items to be found, and the line learns to tell items apart instead of what they have in common.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. With <see cref="UseHostModal"/> it does nothing: the host makes its rows itself.
    /// </value>
    public bool HideTargets { get; init; } = true;

    /// <summary>Whether BMA aligns with the host's own modal representation (<see cref="EncoderOutput.Modal"/>).</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UseHostModal { get; init; }

    /// <summary>
    /// The item-to-item part: a closed form beside the trained lines, which is blended with their scores, as is the items' popularity, by
    /// weights that validation chooses. docs/item-to-item.md has what it brings.
    /// </summary>
    public ItemToItemOptions ItemToItem { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>The ranking loss.</summary>
    /// <value>The default is <see cref="RankingLoss.SampledSoftmax"/>.</value>
    public RankingLoss Loss { get; init => field = Guard.NotNull(value); } = new RankingLoss.SampledSoftmax();

    /// <summary>The seed of all first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;

    /// <summary>The behaviour line alone: LightGCN with BPR.</summary>
    public static DRepMRecOptions LightGcn { get; } = new() { UseModalLine = false, Loss = new RankingLoss.Bpr() };
}
