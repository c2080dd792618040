using static TorchSharp.torch;

namespace DRepMRec.Collectives;

/// <summary>What a parameter has of a table: some columns, or some rows, of which each process has its own.</summary>
/// <param name="Columns">Whose columns are where.</param>
/// <param name="AsRows">Whether they are the parameter's rows.</param>
internal sealed record ColumnShare(ColumnPartition Columns, bool AsRows)
{
    /// <summary>The shape of the whole table.</summary>
    public long[] WholeShape(long[] own)
    {
        var whole = (long[])own.Clone();
        whole[AsRows ? 0 : ^1] = Columns.PartsOf(own[AsRows ? 0 : ^1]) * (long)Columns.Dimension;
        return whole;
    }

    /// <summary>As rows of some columns, [numbers / columns, columns]; parts beside each other are rows after each other.</summary>
    public Tensor ToTable(Tensor tensor, int columns)
        => AsRows ? tensor.reshape(columns, -1).t().contiguous() : tensor.contiguous().reshape(-1, columns);

    /// <summary>The way back.</summary>
    public Tensor FromTable(Tensor table, long[] shape) => (AsRows ? table.t().contiguous() : table).reshape(shape);
}
