namespace DRepMRec.Data;

/// <summary>What is known of the items beside their interactions.</summary>
/// <param name="Features">The features, each modality once.</param>
/// <param name="Items">Their raw fields, or <see langword="null"/>.</param>
internal sealed record DatasetContent(IReadOnlyList<FeatureTable> Features, ItemTable? Items = null)
{
    public static DatasetContent Of(IReadOnlyList<FeatureTable>? features, ItemTable? items) => new(features ?? [], items);

    /// <summary>The same after what the files of a layout have.</summary>
    /// <param name="features">Their features.</param>
    /// <param name="items">Their raw fields, which those that the caller brought take the place of.</param>
    public DatasetContent After(IReadOnlyList<FeatureTable> features, ItemTable? items = null)
        => new([.. features, .. Features], Items ?? items);
}
