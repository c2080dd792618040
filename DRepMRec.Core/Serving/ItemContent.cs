using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>An item to add to a catalogue or to replace in it.</summary>
/// <param name="Id">The item's raw id.</param>
/// <param name="Features">
/// Its raw features, as those of the dataset were: as many numbers per modality. At least one modality of the model.
/// </param>
public sealed record ItemContent(string Id, IReadOnlyDictionary<Modality, ReadOnlyMemory<float>> Features);
