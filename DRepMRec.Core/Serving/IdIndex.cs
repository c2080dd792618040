using System.Collections;

namespace DRepMRec.Serving;

/// <summary>The raw ids that a recommender knows, in the order of the dataset; items that were added come last. Ids compare by their exact characters.</summary>
/// <remarks>Immutable and safe for use by many threads. Ids are read as they're asked for.</remarks>
public sealed class IdIndex : IReadOnlyCollection<string>
{
    private readonly ServingModel _model;
    private readonly bool _users;

    internal IdIndex(ServingModel model, bool users) => (_model, _users) = (model, users);

    /// <summary>The number of ids.</summary>
    public int Count => _users ? _model.UserIds.Count : _model.ItemCount;

    /// <summary>Whether an id is known.</summary>
    /// <param name="id">The raw id.</param>
    public bool Contains(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        bool known = _users ? _model.UserIds.TryGetIndex(id, out _) : _model.TryGetItem(id, out _);
        GC.KeepAlive(this);
        return known;
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (int index = 0; index < (_users ? _model.UserIds.Count : _model.ItemRows); index++)
        {
            if (!_users && _model.Changes.IsHidden(index))
                continue;
            string id = _users ? _model.UserIds[index] : _model.ItemId(index);
            GC.KeepAlive(this);
            yield return id;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
