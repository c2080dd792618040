namespace DRepMRec.Data;

/// <summary>A modality of a synthetic dataset.</summary>
/// <param name="Modality">The modality.</param>
/// <param name="Dimension">The number of features per item, at least 1.</param>
public readonly record struct SyntheticModality(Modality Modality, int Dimension);
