using DRepMRec.Graphs;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Refuses graphs and representations that don't fit a part of a model, and names both numbers.</summary>
internal static class ShapeCheck
{
    /// <summary>Refuses a graph over other numbers of users or items than the weights were made for.</summary>
    public static void ThrowIfOtherSize(InteractionGraph graph, int userCount, int itemCount)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.UserCount != userCount || graph.ItemCount != itemCount)
        {
            throw new ArgumentException(
                $"The encoder has {userCount} users and {itemCount} items; the graph has {graph.UserCount} and {graph.ItemCount}.",
                nameof(graph));
        }
    }

    /// <summary>Refuses representations that aren't one single-precision row per user and item.</summary>
    /// <param name="part">The part of the model that returned them.</param>
    /// <param name="dimension">The dimension that the part says it has; <see langword="null"/> for any.</param>
    /// <param name="output">The representations that the part returned.</param>
    /// <param name="users">The number of users that were asked for.</param>
    /// <param name="items">The number of items that were asked for.</param>
    /// <param name="what">The name of the rows, for the message.</param>
    public static void ThrowIfMisshapen(object part, int? dimension, UserItemEmbeddings output, int users, int items, string what = "")
    {
        bool Fits(Tensor rows, int count) => rows is { IsInvalid: false } && rows.dtype == ScalarType.Float32
            && rows.shape is [var n, var d] && n == count && d == (dimension ?? d);
        if (Fits(output.Users, users) && Fits(output.Items, items))
            return;
        string width = dimension is { } d ? $"{d}" : "any", says = dimension is null ? "" : $" with EmbeddingDim {dimension}";
        throw new ArgumentException(
            $"{part.GetType().Name}{says} is expected to return {what}Float32 [{users}, {width}] for {users} users "
            + $"and Float32 [{items}, {width}] for {items} items; it returned {Shown(output.Users)} and {Shown(output.Items)}.");
    }

    /// <summary>Refuses a part that returns nothing where something is due.</summary>
    /// <param name="part">The part that returned it.</param>
    /// <param name="output">What it returned.</param>
    /// <param name="what">What was due.</param>
    public static T ThrowIfMissing<T>(object part, T? output, string what) where T : class
        => output ?? throw new InvalidOperationException($"{part.GetType().Name} is expected to return {what}; it returned nothing.");

    private static string Shown(Tensor rows)
        => rows is null ? "nothing" : rows.IsInvalid ? "a disposed tensor" : $"{rows.dtype} [{string.Join(", ", rows.shape)}]";
}
