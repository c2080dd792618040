using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;

namespace DRepMRec;

/// <summary>The parts that content adds to a behaviour encoder. Without an encoder the host's own modal representation takes its place.</summary>
internal sealed record ModalLine(IModalEncoder? Encoder, ModalFeatures Features, IAlignmentModule Alignment, SimilaritySupervisedSignal Signal)
{
    /// <summary>The share of items whose behaviour is left out of a training step.</summary>
    public double BehaviorDropout { get; init; }

    /// <summary>Whether a training step leaves the batch's interactions out of the modal line's graph.</summary>
    public bool HideTargets { get; init; }

    public static ModalLine Create(RecDataset data, int embeddingDim, DRepMRecOptions options)
    {
        var features = new ModalFeatures(data.Features, options.FeatureScaling, components: options.FeatureComponents);
        ModalEncoder? encoder = options.UseHostModal ? null : new ModalEncoder(features, options.Modal with { EmbeddingDim = embeddingDim, Seed = options.Seed });
        var alignment = new BehaviorModalAlignment(embeddingDim, options.Alignment with { Seed = options.Seed });
        return new ModalLine(encoder, features, alignment, new SimilaritySupervisedSignal(options.SimilaritySignal)) { BehaviorDropout = options.BehaviorDropout, HideTargets = options.HideTargets };
    }
}
