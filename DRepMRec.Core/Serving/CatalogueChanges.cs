using System.Collections.Immutable;

namespace DRepMRec.Serving;

/// <summary>What has changed in the catalogue since the model file was written.</summary>
internal sealed class CatalogueChanges
{
    private readonly Dictionary<string, int> _indices = [];

    /// <summary>Takes what has changed.</summary>
    /// <param name="hidden">Rows of the file that are no longer offered.</param>
    /// <param name="addedIds">The ids of the rows behind those of the file, each once.</param>
    /// <param name="replaced">For each of them the row of the file that has the same id, or -1.</param>
    /// <param name="fileRows">The number of rows of the file.</param>
    public CatalogueChanges(ImmutableHashSet<int> hidden, string[] addedIds, int[] replaced, int fileRows)
    {
        (Hidden, AddedIds, Replaced) = (hidden, addedIds, replaced);
        for (int n = 0; n < addedIds.Length; n++)
            _indices[addedIds[n]] = fileRows + n;
    }

    public static CatalogueChanges None { get; } = new([], [], [], 0);

    public ImmutableHashSet<int> Hidden { get; }

    public string[] AddedIds { get; }

    public int[] Replaced { get; }

    public bool AreNone => AddedIds.Length == 0 && Hidden.IsEmpty;

    public bool TryGetAdded(string id, out int index) => _indices.TryGetValue(id, out index);

    public bool IsHidden(int index) => !Hidden.IsEmpty && Hidden.Contains(index);
}
