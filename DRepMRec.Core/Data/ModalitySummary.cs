using System.Text.Json.Serialization;

namespace DRepMRec.Data;

/// <summary>The size and the coverage of a modality.</summary>
public sealed record ModalitySummary
{
    [JsonConstructor]
    internal ModalitySummary(Modality modality, int dimension, int present)
        => (Modality, Dimension, Present) = (modality, dimension, present);

    /// <summary>The modality.</summary>
    public Modality Modality { get; }

    /// <summary>The number of features per item.</summary>
    public int Dimension { get; }

    /// <summary>How many items have it.</summary>
    public int Present { get; }
}
