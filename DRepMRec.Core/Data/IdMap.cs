using System.Diagnostics.CodeAnalysis;

namespace DRepMRec.Data;

/// <summary>Maps raw ids (any string) to indices from 0 and back. Ids compare by their exact characters.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class IdMap
{
    private readonly string[] _ids;
    private readonly Dictionary<string, int> _indices;

    /// <summary>Creates a map in which the n-th id gets the index n.</summary>
    /// <param name="ids">The raw ids, each once.</param>
    /// <exception cref="ArgumentException">An id is null or occurs twice.</exception>
    public IdMap(IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        _ids = [.. ids];
        _indices = new Dictionary<string, int>(_ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < _ids.Length; i++)
        {
            if (_ids[i] is null)
                throw new ArgumentException($"Id number {i} is null.", nameof(ids));
            if (!_indices.TryAdd(_ids[i], i))
                throw new ArgumentException($"Each id must occur once; {Internals.Shown.Text(_ids[i])} is number {_indices[_ids[i]]} and number {i}.", nameof(ids));
        }
    }

    /// <summary>The number of ids.</summary>
    public int Count => _ids.Length;

    /// <summary>All raw ids in the order of their indices.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The raw id of an index.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public string this[int index] => _ids[index];

    /// <summary>The index of a raw id.</summary>
    /// <param name="id">The raw id.</param>
    /// <exception cref="KeyNotFoundException">The id isn't in the map.</exception>
    public int IndexOf(string id) => TryGetIndex(id, out int index) ? index : throw new KeyNotFoundException($"The id {Internals.Shown.Text(id)} is not among the {Count} known ones.");

    /// <summary>Looks an id up.</summary>
    /// <param name="id">The raw id.</param>
    /// <param name="index">Its index, or -1.</param>
    /// <returns>Whether the id is known.</returns>
    public bool TryGetIndex([NotNullWhen(true)] string? id, out int index)
    {
        if (id is not null && _indices.TryGetValue(id, out index))
            return true;
        index = -1;
        return false;
    }
}
