using System.Collections;

namespace DRepMRec.Data;

/// <summary>Many interactions, in blocks, so that none is copied when there are more, nor twice the memory needed for a moment.</summary>
internal sealed class RawRows : IReadOnlyList<RawInteraction>
{
    private const int BlockBits = 14;
    private const int BlockLength = 1 << BlockBits;

    private const int FirstLength = 64;

    private readonly List<RawInteraction[]> _blocks = [];
    private int _capacity;

    public int Count { get; private set; }

    RawInteraction IReadOnlyList<RawInteraction>.this[int index] => this[index];

    public ref RawInteraction this[int index] => ref _blocks[index >> BlockBits][index & (BlockLength - 1)];

    public void Add(in RawInteraction row)
    {
        if (Count == _capacity)
            Grow();
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
    }

    public IEnumerator<RawInteraction> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The first block grows as a list does, so that a small file takes little.
    private void Grow()
    {
        if (_capacity is 0 or >= BlockLength)
        {
            _blocks.Add(new RawInteraction[_capacity == 0 ? FirstLength : BlockLength]);
        }
        else
        {
            RawInteraction[] first = _blocks[0];
            Array.Resize(ref first, first.Length * 2);
            _blocks[0] = first;
        }

        _capacity = _blocks.Count == 1 ? _blocks[0].Length : _blocks.Count << BlockBits;
    }
}
