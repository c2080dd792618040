using System.Numerics;

namespace DRepMRec.Serving;

/// <summary>The changes of a catalogue since the model file was written, and the file's rows that are no longer offered.</summary>
/// <remarks>An item that is replaced keeps its row, so that the order of rows is the order of the catalogue.</remarks>
internal sealed class CatalogueChanges
{
    private readonly ulong[] _hidden;
    private readonly Dictionary<string, int> _rowOfAdded;

    private CatalogueChanges(ulong[] hidden, int[] replaced, string[] addedIds, int fileRows)
    {
        (_hidden, Replaced, AddedIds) = (hidden, replaced, addedIds);
        foreach (ulong word in hidden)
            HiddenCount += BitOperations.PopCount(word);
        _rowOfAdded = new Dictionary<string, int>(addedIds.Length);
        for (int n = 0; n < addedIds.Length; n++)
            _rowOfAdded[addedIds[n]] = fileRows + n;
    }

    /// <summary>A file in which every row is offered.</summary>
    public static CatalogueChanges None { get; } = new([], [], [], 0);

    /// <summary>How many rows of the file aren't offered.</summary>
    public int HiddenCount { get; }

    /// <summary>The rows of the file that are replaced by others, ascending.</summary>
    public int[] Replaced { get; }

    /// <summary>The ids of the rows behind the file's, each once.</summary>
    public string[] AddedIds { get; }

    /// <summary>The changes of a file in which rows aren't offered.</summary>
    /// <param name="retired">The rows that aren't offered, ascending, each below <paramref name="fileRows"/>.</param>
    /// <param name="fileRows">The number of rows of the file.</param>
    public static CatalogueChanges OfFile(ReadOnlySpan<int> retired, int fileRows) => None.Next(retired, [], [], [], fileRows);

    /// <summary>The changes after one more.</summary>
    /// <param name="hide">Rows of the file that aren't offered from now on.</param>
    /// <param name="show">Rows of the file that are offered again.</param>
    /// <param name="replaced">All rows of the file that are replaced now, ascending.</param>
    /// <param name="addedIds">The ids of all rows behind the file's.</param>
    /// <param name="fileRows">The number of rows of the file.</param>
    public CatalogueChanges Next(ReadOnlySpan<int> hide, ReadOnlySpan<int> show, int[] replaced, string[] addedIds, int fileRows)
    {
        ulong[] hidden = _hidden;
        if (hide.Length + show.Length > 0)
        {
            hidden = new ulong[(fileRows + 63) / 64];
            _hidden.CopyTo(hidden, 0);
            foreach (int row in hide)
                hidden[row / 64] |= 1UL << (row % 64);
            foreach (int row in show)
                hidden[row / 64] &= ~(1UL << (row % 64));
        }

        return new CatalogueChanges(hidden, replaced, addedIds, fileRows);
    }

    public bool TryGetAdded(string id, out int row) => _rowOfAdded.TryGetValue(id, out row);

    /// <summary>Whether a row isn't offered.</summary>
    public bool IsHidden(int row) => (uint)(row / 64) < (uint)_hidden.Length && (_hidden[row / 64] >> (row % 64) & 1) != 0;

    /// <summary>The rows of the file that aren't offered, ascending.</summary>
    public IEnumerable<int> HiddenRows()
    {
        for (int word = 0; word < _hidden.Length; word++)
        {
            for (ulong bits = _hidden[word]; bits != 0; bits &= bits - 1)
                yield return (word * 64) + BitOperations.TrailingZeroCount(bits);
        }
    }

    /// <summary>The row of an offered item by its place among the offered ones: whole words are passed over at once.</summary>
    /// <param name="place">The number of offered items before it.</param>
    public int RowAt(int place)
    {
        for (int word = 0; word < _hidden.Length; word++)
        {
            int offered = 64 - BitOperations.PopCount(_hidden[word]);
            if (place >= offered)
            {
                place -= offered;
                continue;
            }

            int row = word * 64;
            for (; place > 0 || IsHidden(row); row++)
                place -= IsHidden(row) ? 0 : 1;
            return row;
        }

        return (_hidden.Length * 64) + place;
    }
}
