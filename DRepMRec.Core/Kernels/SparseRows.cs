namespace DRepMRec.Kernels;

/// <summary>A sparse matrix in compressed rows, as its arrays.</summary>
/// <param name="Offsets">Where each row begins in the other two, and where the last one ends.</param>
/// <param name="Columns">The column of each entry.</param>
/// <param name="Values">The value of each entry.</param>
internal readonly record struct SparseRows(int[] Offsets, int[] Columns, float[] Values)
{
    /// <summary>The number of rows.</summary>
    public int Count => Offsets.Length - 1;
}
