using DRepMRec.Features;
using DRepMRec.Fusions;

namespace DRepMRec.Serving;

/// <summary>How the two lines of a model become its fused representations. Part of the manifest.</summary>
internal sealed record ModelForm
{
    /// <summary>How the two lines are fused, or <see langword="null"/> where the behaviour line is all there is.</summary>
    public FusionForm? Lines { get; init; }

    /// <summary>Whether fused rows are brought to length 1.</summary>
    public bool Normalized { get; init; }

    /// <summary>The dimension of both lines.</summary>
    public int LineDimension { get; init; }

    /// <summary>Whether new items can be encoded.</summary>
    public bool HasContent { get; init; }

    /// <summary>The modalities of the modal line.</summary>
    public IReadOnlyList<ModalityForm> Modalities { get; init; } = [];
}

/// <summary>A modality of the modal line, and how its features become representations.</summary>
internal sealed record ModalityForm
{
    /// <summary>The name of the modality.</summary>
    public string Name { get; init; } = "";

    /// <summary>The number of features d.</summary>
    public int FeatureDimension { get; init; }

    /// <summary>The weight among the modalities that an item has.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Whether there is a filter gate.</summary>
    public bool Gated { get; init; }

    /// <summary>The number of neighbours in the relation graph; 0 for none.</summary>
    public int Neighbors { get; init; }

    /// <summary>Whether an item keeps its own representation beside that of its neighbours.</summary>
    public bool KeepSelf { get; init; }

    /// <summary>How raw features are scaled.</summary>
    public FeatureScaling Scaling { get; init; }
}
