using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec;

/// <summary>Plugs Behaviour-Modal Alignment into recommenders.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
public static class BehaviorModalAlignmentExtensions
{
    /// <summary>Puts a modal line, the Similarity-Supervised Signal and BMA beside a recommender.</summary>
    /// <param name="host">The recommender, a TorchSharp module with <see cref="IBehaviorEncoder"/>; the model owns it from now on.</param>
    /// <param name="data">The dataset, with at least one modality.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults; EmbeddingDim and Layers are the host's.</param>
    /// <returns>A model to give to the <see cref="Trainer"/>.</returns>
    /// <exception cref="ArgumentException">
    /// The dataset has no features, or the host doesn't fit, or the options switch the modal line off.
    /// </exception>
    public static DRepMRecModel WithBehaviorModalAlignment(this IBehaviorEncoder host, RecDataset data, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Features.Count == 0)
        {
            throw new ArgumentException(
                $"BMA needs content: expected at least one modality in the dataset {Shown.Text(data.Name)}, got none.", nameof(data));
        }

        if (options is { UseModalLine: false })
        {
            throw new ArgumentException(
                $"BMA needs a modal line: expected {nameof(DRepMRecOptions)}.{nameof(DRepMRecOptions.UseModalLine)} = true, got false. "
                + $"For the host alone there is {nameof(DRepMRecModel)}.{nameof(DRepMRecModel.Create)}.", nameof(options));
        }

        return DRepMRecModel.Create(data, host, options);
    }
}
