using DRepMRec.Graphs;

namespace DRepMRec.Encoders;

internal static class GraphShape
{
    /// <summary>Refuses a graph over other numbers of users or items than the weights were made for.</summary>
    public static void Check(InteractionGraph graph, int userCount, int itemCount)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.UserCount != userCount || graph.ItemCount != itemCount)
            throw new ArgumentException($"The encoder has {userCount} users and {itemCount} items; the graph has {graph.UserCount} and {graph.ItemCount}.", nameof(graph));
    }
}
