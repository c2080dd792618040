using System.Collections.Immutable;

namespace DRepMRec.Serving;

/// <summary>What has changed in the catalogue since the model file was written.</summary>
internal sealed record CatalogueChanges
{
    public static CatalogueChanges None { get; } = new();

    /// <summary>The ids of the rows behind those of the file.</summary>
    public ImmutableList<string> AddedIds { get; init; } = [];

    /// <summary>For each of them the row of the file that had this id before, or -1.</summary>
    public ImmutableList<int> Replaced { get; init; } = [];

    /// <summary>The row of each id that was added, unless it was retired since.</summary>
    public ImmutableDictionary<string, int> IndexOfAdded { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The rows that are no longer offered.</summary>
    public ImmutableHashSet<int> Hidden { get; init; } = ImmutableHashSet<int>.Empty;

    public bool AreNone => AddedIds.IsEmpty && Hidden.IsEmpty;

    public int HiddenCount => Hidden.Count;

    public bool IsHidden(int index) => !Hidden.IsEmpty && Hidden.Contains(index);
}
