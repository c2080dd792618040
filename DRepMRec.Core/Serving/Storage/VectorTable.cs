namespace DRepMRec.Serving;

/// <summary>The fused rows of users or of the items of the catalogue, with their ids, to be written elsewhere.</summary>
internal sealed class VectorTable
{
    private readonly RowStore _rows;
    private readonly int[] _indices;
    private readonly Func<int, string> _id;

    private VectorTable(RowStore rows, IEnumerable<int> indices, Func<int, string> id) => (_rows, _indices, _id) = (rows, [.. indices], id);

    public int Count => _indices.Length;

    public int Dimension => _rows.Width;

    public string Id(int row) => _id(_indices[row]);

    public ReadOnlySpan<float> this[int row] => _rows[_indices[row]];

    public static VectorTable Users(ServingModel model)
        => new(model.Users, Enumerable.Range(0, model.UserIds.Count), u => model.UserIds[u]);

    /// <summary>The users whose rows are to be ranked by.</summary>
    public static VectorTable RankedUsers(ServingModel model)
        => new(model.Users, Enumerable.Range(0, model.UserIds.Count).Where(model.HasRow), u => model.UserIds[u]);

    public static VectorTable Items(ServingModel model)
        => new(model.Items, Enumerable.Range(0, model.ItemRows).Where(i => !model.Changes.IsHidden(i)), model.ItemId);

    /// <summary>All rows, one after the other.</summary>
    public float[] Values()
    {
        if ((long)Count * Dimension > Array.MaxLength)
            throw new NotSupportedException(
                $"A matrix of {Count} x {Dimension} numbers is more than one .npy file is written with; export Parquet instead.");
        var values = new float[Count * Dimension];
        for (int row = 0; row < Count; row++)
            this[row].CopyTo(values.AsSpan(row * Dimension));
        return values;
    }
}
