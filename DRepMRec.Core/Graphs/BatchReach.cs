using System.Buffers;

namespace DRepMRec.Graphs;

/// <summary>The nodes of a batch, and how far one step of propagation reaches from them. Holds no tensors.</summary>
/// <param name="Nodes">The nodes, ascending: users, then items.</param>
/// <param name="Neighborhood">The nodes and those that they are linked to, ascending; empty where one layer is all there is.</param>
internal sealed record BatchReach(int[] Nodes, int[] Neighborhood)
{
    /// <param name="adjacency">The graph.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="userCount">The number of users.</param>
    /// <param name="rows">The rows that are asked for.</param>
    public static BatchReach Of(CsrMatrix adjacency, int layers, int userCount, RowSet rows)
    {
        int[] nodes = rows.Nodes(userCount);
        return new BatchReach(nodes, layers > 1 ? WithNeighbors(adjacency, nodes) : []);
    }

    private static int[] WithNeighbors(CsrMatrix matrix, int[] nodes)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(matrix.RowCount);
        Span<byte> marks = rented.AsSpan(0, matrix.RowCount);
        marks.Clear();
        ReadOnlySpan<int> offsets = matrix.RowOffsets, columns = matrix.Columns;
        foreach (int node in nodes)
        {
            marks[node] = 1;
            foreach (int other in columns[offsets[node]..offsets[node + 1]])
                marks[other] = 1;
        }

        var all = new int[marks.Count((byte)1)];
        for (int node = 0, next = 0; node < marks.Length; node++)
        {
            if (marks[node] != 0)
                all[next++] = node;
        }

        ArrayPool<byte>.Shared.Return(rented);
        return all;
    }
}
