namespace DRepMRec.Graphs;

/// <summary>Which rows of the tables are computed: all, or the users and items of two lists, each once, in ascending order.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class RowSet
{
    private readonly int[] _users;
    private readonly int[] _items;

    private RowSet() => (_users, _items, IsAll) = ([], [], true);

    /// <summary>Names the rows.</summary>
    /// <param name="users">User indices, ascending, each once.</param>
    /// <param name="items">Item indices, ascending, each once.</param>
    /// <exception cref="ArgumentException">Indices are negative, or don't ascend.</exception>
    public RowSet(ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        ThrowIfNotAscending(users, nameof(users));
        ThrowIfNotAscending(items, nameof(items));
        (_users, _items) = (users.ToArray(), items.ToArray());
    }

    /// <summary>Every user and every item.</summary>
    public static RowSet All { get; } = new();

    /// <summary>Whether it stands for every user and every item. <see cref="Users"/> and <see cref="Items"/> are empty then.</summary>
    public bool IsAll { get; }

    /// <summary>The indices of the users.</summary>
    public ReadOnlySpan<int> Users => _users;

    /// <summary>The indices of the items.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>Takes the rows out of whole tables.</summary>
    /// <param name="tables">The rows of all users, [U, D], and of all items, [I, D].</param>
    /// <returns>The tables themselves where this stands for all rows; otherwise new tensors of the open dispose scope.</returns>
    public UserItemEmbeddings Select(UserItemEmbeddings tables)
        => IsAll ? tables : new UserItemEmbeddings(tables.Users.SelectRows(_users), tables.Items.SelectRows(_items));

    /// <summary>The rows as nodes of the user-item graph: the users, then the items behind <paramref name="userCount"/> users.</summary>
    internal int[] Nodes(int userCount) => [.. _users, .. _items.Select(item => userCount + item)];

    /// <summary>Refuses rows that the tables don't have, before memory behind them is read.</summary>
    /// <exception cref="ArgumentException">The tables have fewer users or items.</exception>
    internal void ThrowIfOutside(int userCount, int itemCount)
    {
        Check(_users, userCount, "users");
        Check(_items, itemCount, "items");

        static void Check(int[] ascending, int count, string what)
        {
            if (ascending.Length > 0 && ascending[^1] >= count)
                throw new ArgumentException($"Expected rows of {what} from 0 to {count - 1}, got {ascending[^1]}.");
        }
    }

    private static void ThrowIfNotAscending(ReadOnlySpan<int> indices, string name)
    {
        for (int n = 0; n < indices.Length; n++)
        {
            if (indices[n] < 0 || (n > 0 && indices[n] <= indices[n - 1]))
            {
                string before = n == 0 ? "at the beginning" : $"after {indices[n - 1]}";
                throw new ArgumentException($"Expected indices from 0 that ascend, each once; got {indices[n]} {before}.", name);
            }
        }
    }
}
