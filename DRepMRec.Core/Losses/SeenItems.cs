using DRepMRec.Data;

namespace DRepMRec.Losses;

/// <summary>Answers whether a user has an item: by a bit for users of many items, by a short search for the others.</summary>
internal sealed class SeenItems
{
    private const int Many = 32;
    private const long MaxWords = 8 << 20;
    private readonly InteractionSet _set;
    private readonly int[] _firstWords;
    private readonly ulong[] _bits;

    public SeenItems(InteractionSet set)
    {
        _set = set;
        _firstWords = new int[set.UserCount];
        _firstWords.AsSpan().Fill(-1);
        int words = (set.ItemCount + 63) / 64;
        int[] heavy =
        [
            .. Enumerable.Range(0, set.UserCount).Where(u => set.ItemsOf(u).Length > Many)
                .OrderByDescending(u => set.ItemsOf(u).Length).Take((int)(MaxWords / Math.Max(1, words))),
        ];
        _bits = new ulong[(long)heavy.Length * words];
        for (int n = 0; n < heavy.Length; n++)
        {
            _firstWords[heavy[n]] = n * words;
            foreach (int item in set.ItemsOf(heavy[n]))
                _bits[(n * words) + (item / 64)] |= 1UL << item;
        }
    }

    /// <summary>How much memory the bits take, in words of 64.</summary>
    public int WordCount => _bits.Length;

    public bool Contains(int user, int item)
    {
        int first = _firstWords[user];
        return first < 0 ? _set.ItemsOf(user).Contains(item) : ((_bits[first + (item / 64)] >> item) & 1) != 0;
    }
}
