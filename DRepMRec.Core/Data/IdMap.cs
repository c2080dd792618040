using System.Diagnostics.CodeAnalysis;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Maps raw ids (any text) to indices from 0 and back. Ids compare by their exact characters.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class IdMap
{
    private readonly string[] _ids;
    private readonly Dictionary<string, int> _indices;
    private int[]? _tieOrder;

    /// <summary>Creates a map in which the n-th id gets the index n.</summary>
    /// <param name="ids">The raw ids, each once.</param>
    /// <exception cref="ArgumentException">An id is null, blank, not Unicode text (half of a surrogate pair) or there twice.</exception>
    public IdMap(IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        _ids = [.. ids];
        _indices = new Dictionary<string, int>(_ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < _ids.Length; i++)
        {
            if (_ids[i] is null)
                throw new ArgumentException($"Id number {i} is null.", nameof(ids));
            if (RawId.WhatIsWrong(_ids[i]) is { } wrong)
                throw new ArgumentException($"Id number {i} must be Unicode text that isn't blank; found {wrong}.", nameof(ids));
            if (!_indices.TryAdd(_ids[i], i))
            {
                throw new ArgumentException(
                    $"Each id must occur once; {Shown.Text(_ids[i])} is number {_indices[_ids[i]]} and number {i}.", nameof(ids));
            }
        }
    }

    /// <summary>The number of ids.</summary>
    public int Count => _ids.Length;

    /// <summary>All raw ids in the order of their indices.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Each index's place in the order of the ids' <see cref="RawId.TieKey"/>s, which favours no id.</summary>
    internal int[] TieOrder => _tieOrder ??= OrderTies();

    /// <summary>The raw id of an index.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public string this[int index] => _ids[index];

    /// <summary>The index of a raw id.</summary>
    /// <param name="id">The raw id.</param>
    /// <exception cref="KeyNotFoundException">The id isn't in the map.</exception>
    public int IndexOf(string id)
        => TryGetIndex(id, out int index) ? index
            : throw new KeyNotFoundException($"The id {Shown.Text(id)} is not among the {Count} known ones.");

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

    private int[] OrderTies()
    {
        (ulong Key, string Id)[] keys = [.. _ids.Select(id => (RawId.TieKey(id), id))];
        int[] indices = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, indices, Comparer<(ulong Key, string Id)>.Create(
            (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : string.CompareOrdinal(a.Id, b.Id)));
        var places = new int[indices.Length];
        for (int place = 0; place < indices.Length; place++)
            places[indices[place]] = place;
        return places;
    }
}
