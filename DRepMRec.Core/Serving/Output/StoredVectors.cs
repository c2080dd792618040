namespace DRepMRec.Serving;

/// <summary>The vectors of a table as a vector store has to have them.</summary>
internal sealed class StoredVectors
{
    private readonly double? _squaredRadius;

    private StoredVectors(double? squaredRadius) => _squaredRadius = squaredRadius;

    /// <exception cref="InvalidOperationException">Scores are more than products of vectors.</exception>
    public static void ThrowIfBlended(ServingModel model)
    {
        if (model.ItemToItem is not null)
        {
            throw new InvalidOperationException("The scores have an item-to-item part or popularity beside the products of "
                + $"vectors, which a vector store can't rank by: {nameof(Recommender.WithItemToItem)}(null) leaves it out.");
        }
    }

    /// <summary>Of items: all of one length, unless the store knows dot products.</summary>
    public static StoredVectors OfItems(VectorTable items, VectorSimilarity similarity)
    {
        if (similarity == VectorSimilarity.DotProduct)
            return new StoredVectors(null);
        double radius = 0;
        for (int row = 0; row < items.Count; row++)
            radius = Math.Max(radius, LineFusion.Length(items[row]));
        return new StoredVectors(radius * radius);
    }

    /// <summary>Of users, whose additional number is 0.</summary>
    public static StoredVectors OfUsers(VectorSimilarity similarity) => new(similarity == VectorSimilarity.DotProduct ? null : 0);

    public float[] Of(ReadOnlySpan<float> row)
    {
        if (_squaredRadius is not { } squared)
            return row.ToArray();
        var vector = new float[row.Length + 1];
        row.CopyTo(vector);
        double length = LineFusion.Length(row);
        vector[^1] = (float)Math.Sqrt(Math.Max(0, squared - (length * length)));
        return vector;
    }
}
