using System.Text.Json.Serialization;
using DRepMRec.Features;
using DRepMRec.Fusions;

namespace DRepMRec.Serving;

/// <summary>How the two lines of a model become its fused representations. Part of the manifest.</summary>
/// <remarks>Settable, so that members that a file lacks keep their defaults; nothing sets them later.</remarks>
internal sealed record ModelForm
{
    /// <summary>How the two lines are fused, or <see langword="null"/> where the behaviour line is all there is.</summary>
    [JsonConverter(typeof(FusionFormConverter))]
    public FusionForm? Lines { get; set; }

    /// <summary>Whether fused rows are brought to length 1.</summary>
    public bool Normalized { get; set; }

    /// <summary>The dimension of both lines.</summary>
    public int LineDimension { get; set; }

    /// <summary>Whether new items can be encoded.</summary>
    public bool HasContent { get; set; }

    /// <summary>The modalities of the modal line.</summary>
    public IReadOnlyList<ModalityForm> Modalities { get; set; } = [];
}

/// <summary>A modality of the modal line, and how its features become representations.</summary>
internal sealed record ModalityForm
{
    /// <summary>The name of the modality.</summary>
    public string Name { get; set; } = "";

    /// <summary>The number of features d.</summary>
    public int FeatureDimension { get; set; }

    /// <summary>The weight among the modalities that an item has.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Whether there is a filter gate.</summary>
    public bool Gated { get; set; }

    /// <summary>The number of neighbours in the relation graph; 0 for none.</summary>
    public int Neighbors { get; set; }

    /// <summary>Whether an item keeps its own representation beside that of its neighbours.</summary>
    public bool KeepSelf { get; set; }

    /// <summary>How raw features are scaled.</summary>
    public FeatureScaling Scaling { get; set; }
}
