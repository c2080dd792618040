using System.Collections;

namespace DRepMRec.Serving;

/// <summary>The raw ids that a recommender knows, in the dataset's order, added ones last; compared exactly.</summary>
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

    /// <summary>A range of the ids, without going over the ids before it.</summary>
    /// <param name="skip">How many ids come before.</param>
    /// <param name="count">The most ids; there are fewer at the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public IReadOnlyList<string> Page(int skip, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. From(skip).Take(count)];
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => From(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<string> From(int skip)
    {
        if (skip >= Count)
            yield break;
        int rows = _users ? _model.UserIds.Count : _model.ItemRows;
        for (int row = _users ? skip : _model.Changes.RowAt(skip); row < rows; row++)
        {
            if (!_users && _model.Changes.IsHidden(row))
                continue;
            string id = _users ? _model.UserIds[row] : _model.ItemId(row);
            GC.KeepAlive(this);
            yield return id;
        }
    }
}
