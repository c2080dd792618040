namespace DRepMRec.Serving;

/// <summary>An item or user as vector stores keep it: <see cref="VectorStoreExport.VectorStoreDefinition"/> describes it to them.</summary>
public sealed record EmbeddingRecord
{
    /// <summary>The raw id: the key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The fused representation, or what <see cref="VectorSimilarity"/> makes of it.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }
}
