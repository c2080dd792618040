using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Losses;

/// <summary>
/// The distinct users and items that a batch asks for, ascending, and the same batch in terms of places among them. A step that computes only these rows costs what the batch needs, not what the
/// tables hold. As both orders ascend, random choices within the batch fall on the same users and items either way.
/// </summary>
internal sealed class BatchRows
{
    private ExcludedPairs? _falseNegatives;

    public BatchRows(TrainingBatch batch)
    {
        var users = new IndexSet(batch.UserIndices);
        var items = new IndexSet(batch.PositiveIndices, batch.NegativeIndices);
        Whole = batch;
        Users = users.ToArray();
        Items = items.ToArray();
        Local = new TrainingBatch(users.Places(batch.UserIndices), items.Places(batch.PositiveIndices), items.Places(batch.NegativeIndices), batch.SharedNegatives)
        {
            Seed = batch.Seed,
            Device = batch.Device,
            Rows = this,
        };
    }

    /// <summary>The batch by user and item indices.</summary>
    public TrainingBatch Whole { get; }

    /// <summary>The batch by places in <see cref="Users"/> and <see cref="Items"/>.</summary>
    public TrainingBatch Local { get; }

    /// <summary>The distinct users, ascending.</summary>
    public int[] Users { get; }

    /// <summary>The distinct positive and negative items, ascending.</summary>
    public int[] Items { get; }

    /// <summary>The rows of the batch out of those of all users and items.</summary>
    public UserItemEmbeddings Select(UserItemEmbeddings all) => new(all.Users.index_select(0, Whole.RowUsers), all.Items.index_select(0, Whole.RowItems));

    /// <summary>For each of <see cref="Users"/>, the shared negatives that don't count, because the user has the item.</summary>
    public ExcludedPairs FalseNegatives() => _falseNegatives ??= Whole.FalseNegatives(Users);

    /// <summary>Does what needs no tensor before it is asked for; on any thread, but one at a time.</summary>
    public void Prepare()
    {
        if (Whole.SharedNegatives)
            FalseNegatives();
    }

    /// <summary>How often each user occurs in the batch.</summary>
    public float[] UserCounts() => Count(Users.Length, Local.UserIndices);

    /// <summary>How often each item occurs in the batch, as positive or as negative.</summary>
    public float[] ItemCounts() => Count(Items.Length, Local.PositiveIndices, Local.NegativeIndices);

    private static float[] Count(int length, ReadOnlySpan<int> first, ReadOnlySpan<int> second = default)
    {
        var counts = new float[length];
        foreach (int place in first)
            counts[place]++;
        foreach (int place in second)
            counts[place]++;
        return counts;
    }

    /// <summary>The rows as nodes of a graph: the users, then the items after <paramref name="userCount"/> users.</summary>
    public int[] Nodes(int userCount)
    {
        var nodes = new int[Users.Length + Items.Length];
        Users.CopyTo(nodes, 0);
        for (int i = 0; i < Items.Length; i++)
            nodes[Users.Length + i] = userCount + Items[i];
        return nodes;
    }
}
