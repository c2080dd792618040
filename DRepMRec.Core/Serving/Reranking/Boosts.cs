namespace DRepMRec.Serving;

/// <summary>What is added to the score of an item by its metadata.</summary>
internal sealed class Boosts
{
    private readonly CatalogueMetadata _metadata;
    private readonly (Func<int, bool> Meets, double Weight)[] _boosts;

    private Boosts(CatalogueMetadata metadata, IReadOnlyList<ItemBoost> boosts)
    {
        _metadata = metadata;
        _boosts = [.. boosts.Select(b => (b.Where.Compile(metadata.Table), b.Weight))];
        Least = _boosts.Sum(b => Math.Min(0, b.Weight));
        Most = _boosts.Sum(b => Math.Max(0, b.Weight));
    }

    /// <summary>No item gets less than this, in standard deviations.</summary>
    public double Least { get; }

    /// <summary>No item gets more than this, in standard deviations.</summary>
    public double Most { get; }

    public static Boosts? Of(ServingModel model, IReadOnlyList<ItemBoost> boosts)
    {
        if (boosts.Count == 0)
            return null;
        if (model.Metadata is not { } metadata)
        {
            boosts[0].Where.Compile(metadata: null);
            return null;
        }

        return new Boosts(metadata, boosts);
    }

    /// <summary>What an item gets, in standard deviations: the sum in the order of the request.</summary>
    public double this[int item]
    {
        get
        {
            int row = _metadata.RowOf(item);
            double sum = 0;
            foreach (var (meets, weight) in _boosts)
                sum += meets(row) ? weight : 0;
            return sum;
        }
    }
}
