using DRepMRec.Collectives;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>Tables of which each process has a share, made whole, and the way back.</summary>
internal static class WholeTables
{
    /// <summary>The whole of a table, by an exchange; a table without rows where this process doesn't need it.</summary>
    public static Tensor Gather(this ColumnShare share, Tensor own, bool isNeeded = true)
    {
        using DisposeScope scope = NewDisposeScope();
        ColumnPartition columns = share.Columns;
        Tensor plain = share.ToTable(own.detach().cpu(), columns.Count);
        Tensor? whole = isNeeded ? FloatTensors.Empty(plain.shape[0], columns.Dimension) : null;
        ColumnTables.Gather([ColumnTables.Pair.Of(plain, whole)], columns);
        return (whole is null ? FloatTensors.Empty(0, columns.Dimension) : share.FromTable(whole, share.WholeShape(own.shape)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>This process's share of a whole table, as large as a tensor that has it.</summary>
    public static Tensor Of(this ColumnShare share, Tensor whole, Tensor own)
    {
        using DisposeScope scope = NewDisposeScope();
        ColumnPartition columns = share.Columns;
        Tensor table = share.ToTable(whole, columns.Dimension).narrow(1, columns.First, columns.Count).contiguous();
        return share.FromTable(table, own.shape).MoveToOuterDisposeScope();
    }
}
