using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>
/// The recommender of the moment. Readers take a snapshot and keep it for a request; writers put the next one in its place, one after the
/// other.
/// </summary>
internal sealed class Catalogue(Recommender recommender)
{
    private readonly Lock _writing = new();
    private readonly int _itemsAtFirst = recommender.Items.Count;
    private Recommender _current = recommender;

    public Recommender Current => Volatile.Read(ref _current);

    /// <summary>Adds an item or replaces it.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryPut(ItemContent item)
    {
        lock (_writing)
        {
            if (_current.Items.Count - _itemsAtFirst >= Limits.AddedItems && !_current.Items.Contains(item.Id))
                return false;
            Volatile.Write(ref _current, _current.WithItems([item]));
            return true;
        }
    }

    public void Retire(string id)
    {
        lock (_writing)
            Volatile.Write(ref _current, _current.WithoutItems([id]));
    }
}
