using System.Runtime.InteropServices;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Collectives;

/// <summary>Exchanges of numbers and texts over an <see cref="ICollective"/>.</summary>
/// <remarks>Each is called by all processes, as the operations beneath.</remarks>
public static class CollectiveExtensions
{
    private const int MaxTextLength = 4096;

    /// <summary>Gives each process the value of all, by rank.</summary>
    /// <typeparam name="T">A type without references, such as a number.</typeparam>
    /// <param name="collective">The processes.</param>
    /// <param name="value">This process's value.</param>
    /// <exception cref="CollectiveException">A peer is lost or stuck, or does something else.</exception>
    public static T[] AllGather<T>(this ICollective collective, T value)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(collective);
        var all = new T[collective.Size];
        collective.AllGather<T>([value], all, Enumerable.Repeat(1, all.Length).ToArray());
        return all;
    }

    /// <summary>Gives each process the values of all, those of rank 0 first.</summary>
    /// <typeparam name="T">A type without references, such as a number.</typeparam>
    /// <param name="collective">The processes.</param>
    /// <param name="own">This process's values.</param>
    /// <param name="all">Overwritten; as long as all counts together.</param>
    /// <param name="counts">How many values each process brings.</param>
    /// <exception cref="CollectiveException">A peer is lost or stuck, or does something else.</exception>
    public static unsafe void AllGather<T>(this ICollective collective, ReadOnlySpan<T> own, Span<T> all, ReadOnlySpan<int> counts)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(collective);
        var lengths = new int[counts.Length];
        for (int rank = 0; rank < lengths.Length; rank++)
            lengths[rank] = checked(counts[rank] * sizeof(T));
        collective.AllGather(MemoryMarshal.AsBytes(own), MemoryMarshal.AsBytes(all), lengths);
    }

    /// <summary>Gives all processes the text of one.</summary>
    /// <param name="collective">The processes.</param>
    /// <param name="text">The text; read at the root alone.</param>
    /// <param name="root">The rank of the process that has it.</param>
    internal static string BroadcastText(this ICollective collective, string? text, int root = 0)
    {
        byte[] bytes = collective.Rank == root ? Encoding.UTF8.GetBytes(text!) : [];
        Span<int> length = [bytes.Length];
        collective.Broadcast(MemoryMarshal.AsBytes(length), root);
        if (collective.Rank != root)
            bytes = new byte[length[0]];
        collective.Broadcast(bytes, root);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Does something short on each process that may fail on some: then it ends so on all.</summary>
    /// <param name="collective">The processes.</param>
    /// <param name="what">What is done, for the message on the others.</param>
    /// <param name="action">Exchanges nothing; done by the others within the time that an exchange may take.</param>
    /// <exception cref="CollectiveException">It failed on another process. Where it failed, its own error is thrown.</exception>
    internal static void Together(this ICollective collective, string what, Action action)
    {
        Exception? own = null;
        try
        {
            action();
        }
        catch (Exception exception) when (exception is not CollectiveException)
        {
            own = exception;
        }

        JointWork.State[] states = collective.AllGather(own is null ? JointWork.State.Done : JointWork.State.Failed);
        JointWork.ThrowIfFailed(collective, what, states, own);
    }

    internal static string Describe(Exception exception)
    {
        string text = Shown.Message($"{exception.GetType().Name}: {exception.Message}");
        return text.Length > MaxTextLength ? text[..MaxTextLength] : text;
    }
}
