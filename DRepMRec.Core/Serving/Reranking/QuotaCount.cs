using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>How many more items of each category an answer may have.</summary>
internal sealed class QuotaCount
{
    private readonly CatalogueMetadata? _metadata;
    private readonly (CategoryColumn Column, int[] Left)[] _quotas;

    public QuotaCount(ServingModel model, IReadOnlyList<CategoryQuota> quotas)
    {
        _metadata = model.Metadata;
        _quotas = [.. quotas.Select(quota =>
        {
            if (_metadata is null)
            {
                throw new ArgumentException($"A quota asks for the column {Shown.Text(quota.Column)}; the recommender has no metadata "
                    + $"({nameof(Recommender)}.{nameof(Recommender.WithMetadata)} adds it).", nameof(CategoryQuota));
            }

            if (_metadata.Table.Column(quota.Column) is not CategoryColumn column)
            {
                throw new ArgumentException($"A quota asks for a column of {nameof(MetadataKind.Category)}; {Shown.Text(quota.Column)} is "
                    + $"of {_metadata.Table.Column(quota.Column).Kind}.", nameof(CategoryQuota));
            }

            return (column, Left(column, quota));
        })];
    }

    /// <summary>Whether there is room for an item.</summary>
    public bool HasRoomFor(int item)
    {
        foreach (var (column, left) in _quotas)
        {
            foreach (int code in column.Codes(_metadata!.RowOf(item)))
            {
                column.ThrowIfDamaged(code);
                if (left[code] == 0)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Counts an item of the answer.</summary>
    public void Take(int item)
    {
        foreach (var (column, left) in _quotas)
        {
            foreach (int code in column.Codes(_metadata!.RowOf(item)))
                left[code]--;
        }
    }

    /// <summary>How many items there may be of each category; those without a limit never come to 0.</summary>
    private static int[] Left(CategoryColumn column, CategoryQuota quota)
    {
        var left = new int[column.Names.Count];
        left.AsSpan().Fill(quota.Category is null ? quota.Max : int.MaxValue);
        if (quota.Category is not null && column.Names.TryGetIndex(quota.Category, out int code))
            left[code] = quota.Max;
        return left;
    }
}
