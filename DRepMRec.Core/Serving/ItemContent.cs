using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>An item to add to a catalogue or to replace in it.</summary>
/// <param name="Id">The item's raw id.</param>
/// <param name="Features">Its raw features, as in the dataset, with as many numbers; at least one of the model's modalities.</param>
/// <example>
/// <code>
/// var features = new Dictionary&lt;Modality, ReadOnlyMemory&lt;float&gt;&gt; { [Modality.Image] = image };
/// recommender = recommender.WithItems([new ItemContent("item-new", features)]);
/// </code>
/// </example>
public sealed record ItemContent(string Id, IReadOnlyDictionary<Modality, ReadOnlyMemory<float>> Features);
