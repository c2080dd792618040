using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>Refuses tables that don't fit each other, whichever side computes: kernels of ours would read beyond their rows.</summary>
internal static class TableShape
{
    /// <exception cref="ArgumentException">It has another number of dimensions than 2.</exception>
    public static void ThrowIfNoTable(Tensor table, string name)
    {
        ArgumentNullException.ThrowIfNull(table, name);
        if (table.dim() != 2)
            throw new ArgumentException($"Expected a table, [rows, columns]; got [{string.Join(", ", table.shape)}].", name);
    }

    /// <exception cref="ArgumentException">
    /// One isn't a table, or they have other numbers of columns, numbers of another type, or are on another device.
    /// </exception>
    public static void ThrowIfOtherWidth(Tensor table, Tensor other, string name)
    {
        ThrowIfNoTable(table, name);
        ThrowIfNoTable(other, name);
        if (table.shape[1] != other.shape[1])
        {
            throw new ArgumentException(
                $"Expected tables of as many columns, got [{string.Join(", ", other.shape)}] and [{string.Join(", ", table.shape)}].",
                name);
        }

        ThrowIfOtherKind(table, other, name);
    }

    /// <exception cref="ArgumentException">They have numbers of another type, or are on another device.</exception>
    public static void ThrowIfOtherKind(Tensor table, Tensor other, string name)
    {
        if (table.dtype != other.dtype || table.device_type != other.device_type || table.device_index != other.device_index)
        {
            throw new ArgumentException(
                $"Expected numbers of one type on one device, got {other.dtype} on {other.device} and {table.dtype} on {table.device}.",
                name);
        }
    }

    /// <exception cref="ArgumentException">As of <see cref="ThrowIfOtherWidth"/>, or they have other numbers of rows.</exception>
    public static void ThrowIfUnlike(Tensor table, Tensor other, string name)
    {
        ThrowIfOtherWidth(table, other, name);
        if (table.shape[0] != other.shape[0])
        {
            throw new ArgumentException(
                $"Expected a partner for each row, got [{string.Join(", ", other.shape)}] and [{string.Join(", ", table.shape)}].", name);
        }
    }
}
