using System.Diagnostics.CodeAnalysis;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Internals;

namespace DRepMRec;

/// <summary>The parts that content adds to a behaviour encoder; without a modal encoder, beside the host's own modal rows.</summary>
internal sealed record ModalLine(
    IModalEncoder? Encoder, ModalFeatures Features, IAlignmentModule Alignment, SimilaritySupervisedSignal Signal)
{
    /// <summary>Whether the features belong to the model, which then disposes them.</summary>
    public required bool OwnsFeatures { get; init; }

    /// <summary>The share of items whose behaviour is left out of a training step.</summary>
    public required double BehaviorDropout { get; init; }

    /// <summary>Whether a training step leaves the batch's interactions out of the modal line's graph.</summary>
    public required bool HideTargets { get; init; }

    /// <summary>What was chosen of the modalities; the item-to-item part follows it. <see langword="null"/> where nothing was.</summary>
    public ModalityChoice? Modalities { get; private init; }

    /// <summary>The built-in modal line and BMA beside a host.</summary>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static ModalLine Create(RecDataset data, IBehaviorEncoder host, DRepMRecOptions options)
    {
        int dimension = host.EmbeddingDim;
        var (features, isOwned) = FeaturesFor(data, host.Features, options);
        return Disposal.With(isOwned ? features : null, () =>
        {
            ModalEncoderOptions modal = options.Modal with { EmbeddingDim = dimension, Seed = options.Seed };
            BehaviorModalAlignment Alignment() => new(dimension, options.Alignment with { Seed = options.Seed });
            if (options.UseHostModal)
                return Create(features, isOwned, null, Alignment(), options);
            ModalityChoice choice = options.ChooseModalityWeights && modal.ModalityWeights.Count == 0
                ? ModalityChoice.Of(features, data.Train) : ModalityChoice.None;
            if (choice.Weights.Any(weight => weight != 1))
                modal = modal with { ModalityWeights = choice.Weights };
            ModalFeatures all = features;
            var encoder = new ModalEncoder(all, modal);
            return Disposal.With(encoder, () =>
            {
                return Create(all, isOwned, encoder, Alignment(), options) with
                {
                    Modalities = choice with { LeftOut = LeftOut(all, modal) },
                    Signal = Counted(all, modal, options),
                };
            });
        });
    }

    /// <summary>A line of a given modal encoder and alignment.</summary>
    public static ModalLine Create(
        RecDataset data, IBehaviorEncoder host, IModalEncoder encoder, IAlignmentModule alignment, DRepMRecOptions options)
    {
        if (encoder.Features is { } own && own.ItemCount != data.Items.Count)
        {
            throw new ArgumentException(
                $"The modal encoder was made for the features of {own.ItemCount} items; the dataset has {data.Items.Count}.",
                nameof(encoder));
        }

        var (features, isOwned) = encoder.Features is { } given ? (given, false) : FeaturesFor(data, host.Features, options);
        ModalLine line = Create(features, isOwned, encoder, alignment, options);
        return encoder is ModalEncoder { Options: var modal } ? line with
        {
            Modalities = ModalityChoice.None with { LeftOut = LeftOut(features, modal) },
            Signal = Counted(features, modal, options),
        }
        : line;
    }

    /// <summary>The signal of the modalities that weigh something.</summary>
    private static SimilaritySupervisedSignal Counted(ModalFeatures features, ModalEncoderOptions modal, DRepMRecOptions options)
        => new(options.SimilaritySignal) { Modalities = [.. Enumerable.Range(0, features.ModalityCount).Where(modal.Weighs)] };

    private static Modality[] LeftOut(ModalFeatures features, ModalEncoderOptions modal)
        => [.. features.Sources.Where((_, m) => !modal.Weighs(m)).Select(f => f.Modality)];

    private static ModalLine Create(
        ModalFeatures features, bool isOwned, IModalEncoder? encoder, IAlignmentModule alignment, DRepMRecOptions options)
        => new(encoder, features, alignment, new SimilaritySupervisedSignal(options.SimilaritySignal))
        {
            OwnsFeatures = isOwned,
            BehaviorDropout = options.BehaviorDropout,
            HideTargets = options.HideTargets,
        };

    /// <summary>The features that the host reads, where they are made as the options ask; otherwise the model's own.</summary>
    private static (ModalFeatures Features, bool IsOwned) FeaturesFor(RecDataset data, ModalFeatures? ofHost, DRepMRecOptions options)
        => ofHost is not null && ofHost.Scaling == options.FeatureScaling && ofHost.Components == options.FeatureComponents
            && ofHost.Sources.SequenceEqual(data.Features)
            ? (ofHost, false)
            : (new ModalFeatures(data.Features, options.FeatureScaling, components: options.FeatureComponents), true);
}
