using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec;

/// <summary>What the training interactions tell of the modalities.</summary>
/// <param name="Weights">What each weighs; empty where that wasn't asked.</param>
/// <param name="LeftOut">Those that weigh nothing: the item-to-item part is without them.</param>
/// <param name="Notes">Sentences on those that weigh less than others, for the log of a training.</param>
internal sealed record ModalityChoice(IReadOnlyList<double> Weights, IReadOnlyList<Modality> LeftOut, IReadOnlyList<string> Notes)
{
    public static ModalityChoice None { get; } = new([], [], []);

    /// <summary>The choice for a modal line and the item-to-item part beside it.</summary>
    public static ModalityChoice Of(ModalFeatures features, InteractionSet train)
    {
        ModalityWeight[] weights = ModalitySignal.Weights(features.Sources, features.AllScaled, train);
        return new ModalityChoice(
            [.. weights.Select(w => w.Weight)],
            [.. features.Sources.Where((_, m) => weights[m].Weight == 0).Select(f => f.Modality)],
            [.. weights.Select((weight, m) => Note(weight, features.Sources[m].Modality)).OfType<string>()]);
    }

    /// <summary>
    /// The choice for an item-to-item part that no modal encoder stands beside, from whose content form new items would get their weights.
    /// Copies that share a weight all stay in it.
    /// </summary>
    /// <param name="data">The dataset.</param>
    /// <param name="options">The options.</param>
    /// <param name="features">Its features, where the model has them scaled as the options say.</param>
    public static ModalityChoice OfPart(RecDataset data, DRepMRecOptions options, ModalFeatures? features)
    {
        if (options is not { ChooseModalityWeights: true, ItemToItem.ContentWeight: > 0 } || data.Features.Count < 2)
            return None;
        IReadOnlyList<float[]> scaled = features is not null && features.Scaling == options.FeatureScaling
            && features.Sources.SequenceEqual(data.Features)
            ? features.AllScaled : [.. data.Features.Select(f => FeatureScaler.Scale(f, options.FeatureScaling))];
        ModalityWeight[] weights = ModalitySignal.Weights(data.Features, scaled, data.Train);
        Modality[] leftOut = [.. data.Features.Where((_, m) => weights[m].Weight == 0).Select(f => f.Modality)];
        return new ModalityChoice(
            [], leftOut, [.. leftOut.Select(m => $"the modality '{m}' weighs nothing in the item-to-item part")]);
    }

    private static string? Note(ModalityWeight weight, Modality modality) => weight switch
    {
        { Weight: 1 } => null,
        { Weight: 0, IsCopy: true } => $"the modality '{modality}' weighs nothing: it is a copy of another",
        { Weight: 0 } => $"the modality '{modality}' weighs nothing: items of one user are no more alike in it than others",
        _ => string.Create(
            CultureInfo.InvariantCulture, $"the modality '{modality}' weighs {weight.Weight:0.##}: another one is a copy of it"),
    };
}
