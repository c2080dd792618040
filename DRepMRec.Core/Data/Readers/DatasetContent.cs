namespace DRepMRec.Data;

/// <summary>What is known of the items beside their interactions.</summary>
/// <param name="Features">The features, each modality once.</param>
/// <param name="Items">Their raw fields, or <see langword="null"/>.</param>
internal sealed record DatasetContent(IReadOnlyList<FeatureTable> Features, ItemTable? Items = null)
{
    public static DatasetContent Of(IReadOnlyList<FeatureTable>? features, ItemTable? items) => new(features ?? [], items);
}
