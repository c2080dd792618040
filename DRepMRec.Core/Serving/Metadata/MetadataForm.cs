namespace DRepMRec.Serving;

/// <summary>The metadata of the items of a model file. Part of the manifest.</summary>
internal sealed record MetadataForm
{
    /// <summary>The number of items with metadata, in the catalogue or not.</summary>
    public int Rows { get; init; }

    public IReadOnlyList<MetadataColumnForm> Columns { get; init; } = [];
}

/// <summary>A column of the metadata of a model file.</summary>
internal sealed record MetadataColumnForm
{
    public string Name { get; init; } = "";

    public MetadataKind Kind { get; init; }
}
