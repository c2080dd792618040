using System.Collections;

namespace DRepMRec.Data;

/// <summary>Many interactions, in blocks, so that none is copied when there are more, nor twice the memory needed for a moment.</summary>
internal sealed class RawRows : IReadOnlyList<RawInteraction>
{
    private const int BlockBits = 14;
    private const int BlockLength = 1 << BlockBits;

    private readonly List<RawInteraction[]> _blocks = [];

    public int Count { get; private set; }

    RawInteraction IReadOnlyList<RawInteraction>.this[int index] => this[index];

    public ref RawInteraction this[int index] => ref _blocks[index >> BlockBits][index & (BlockLength - 1)];

    public void Add(in RawInteraction row)
    {
        if (Count == _blocks.Count << BlockBits)
            _blocks.Add(new RawInteraction[BlockLength]);
        this[Count++] = row;
    }

    /// <summary>Leaves rows out; the others keep their order.</summary>
    /// <param name="leave">Asked once for each row's index, in order.</param>
    public void RemoveWhere(Func<int, bool> leave)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!leave(i))
                this[kept++] = this[i];
        }

        Count = kept;
        int blocks = (kept + BlockLength - 1) >> BlockBits;
        _blocks.RemoveRange(blocks, _blocks.Count - blocks);
    }

    public IEnumerator<RawInteraction> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
