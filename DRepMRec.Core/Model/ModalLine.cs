using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;

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
        return Create(features, encoder, new BehaviorModalAlignment(embeddingDim, options.Alignment with { Seed = options.Seed }), options);
    }

    public static ModalLine Create(RecDataset data, IModalEncoder encoder, IAlignmentModule alignment, DRepMRecOptions options)
        => Create(new ModalFeatures(data.Features, options.FeatureScaling, components: options.FeatureComponents), encoder, alignment, options);

    private static ModalLine Create(ModalFeatures features, IModalEncoder? encoder, IAlignmentModule alignment, DRepMRecOptions options)
        => new(encoder, features, alignment, new SimilaritySupervisedSignal(options.SimilaritySignal)) { BehaviorDropout = options.BehaviorDropout, HideTargets = options.HideTargets };
}
