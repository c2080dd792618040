using DRepMRec.Graphs;
using static TorchSharp.torch;

namespace DRepMRec;

internal static class GraphShape
{
    /// <summary>Refuses a graph over other numbers of users or items than the weights were made for.</summary>
    public static void Check(InteractionGraph graph, int userCount, int itemCount)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.UserCount != userCount || graph.ItemCount != itemCount)
            throw new ArgumentException($"The encoder has {userCount} users and {itemCount} items; the graph has {graph.UserCount} and {graph.ItemCount}.", nameof(graph));
    }

    /// <summary>Refuses representations of a host that aren't one single-precision row of its dimension per user and item.</summary>
    public static void CheckOutput(IBehaviorEncoder host, UserItemEmbeddings output, InteractionGraph graph)
    {
        static bool Fits(Tensor rows, int count, int dimension) => rows is not null && rows.dtype == ScalarType.Float32 && rows.shape is [var n, var d] && n == count && d == dimension;
        static string Shown(Tensor rows) => rows is null ? "nothing" : $"{rows.dtype} [{string.Join(", ", rows.shape)}]";
        if (!Fits(output.Users, graph.UserCount, host.EmbeddingDim) || !Fits(output.Items, graph.ItemCount, host.EmbeddingDim))
        {
            throw new ArgumentException($"{host.GetType().Name} with EmbeddingDim {host.EmbeddingDim} is expected to return Float32 [{graph.UserCount}, {host.EmbeddingDim}] for users and Float32 [{graph.ItemCount}, {host.EmbeddingDim}] "
                + $"for items of a graph with {graph.UserCount} users and {graph.ItemCount} items; it returned {Shown(output.Users)} and {Shown(output.Items)}.");
        }
    }
}
