using DRepMRec.Collectives;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Exchanges between processes that hold columns of the same rows.</summary>
public static class ColumnExchange
{
    /// <summary>
    /// All columns of rows of which each process has some. All processes then compute the same from them, and on the way back each takes
    /// its columns of the gradient.
    /// </summary>
    /// <param name="columns">Whose columns are where.</param>
    /// <param name="own">
    /// The same rows on all processes, [users, columns of this one] and [items, columns of this one], or k such parts beside each other.
    /// </param>
    /// <returns>[users, k D] and [items, k D], part beside part; tensors of the open dispose scope.</returns>
    /// <exception cref="ArgumentException">The rows have other columns than this process's, or aren't in single precision.</exception>
    /// <exception cref="CollectiveException">A peer is lost or stuck, or has other rows.</exception>
    public static UserItemEmbeddings Gather(this ColumnPartition columns, UserItemEmbeddings own)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (own.Users.shape is not [_, > 0 and var width] || own.Items.shape is not [_, var other] || other != width
            || width % columns.Count != 0)
        {
            throw new ArgumentException(
                $"Expected rows with the {columns.Count} columns of process {columns.Collective.Rank}; got "
                + $"[{string.Join(", ", own.Users.shape)}] and [{string.Join(", ", own.Items.shape)}].", nameof(own));
        }

        if (own.Users.dtype != ScalarType.Float32 || own.Items.dtype != ScalarType.Float32)
        {
            throw new ArgumentException(
                $"Expected rows of {ScalarType.Float32}, got {own.Users.dtype} and {own.Items.dtype}.", nameof(own));
        }

        var (users, items) = GatherColumnsFunction.Apply(own.Users, own.Items, columns);
        return new UserItemEmbeddings(users, items);
    }
}
