namespace DRepMRec.Kernels;

/// <summary>B rows of a table of users, the row of a positive item for each, and the rows of negative items: k for each in turn, or as many that all share.</summary>
internal readonly struct RankedPairs(ReadOnlySpan<int> users, ReadOnlySpan<int> positives, ReadOnlySpan<int> negatives, bool sharedNegatives)
{
    public int[] Users { get; } = users.ToArray();

    public int[] Positives { get; } = positives.ToArray();

    public int[] Negatives { get; } = negatives.ToArray();

    public bool SharedNegatives { get; } = sharedNegatives;
}
