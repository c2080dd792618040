using DRepMRec.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks.PlainLibtorch;

/// <summary>Propagation as the Python toolboxes do it: a sparse COO tensor and autograd.</summary>
internal static class PlainGraph
{
    public static Tensor Sparse(CsrMatrix matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        var indices = new long[2, matrix.NonZeroCount];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int e = matrix.RowOffsets[row]; e < matrix.RowOffsets[row + 1]; e++)
                (indices[0, e], indices[1, e]) = (row, matrix.Columns[e]);
        }

        return sparse_coo_tensor(tensor(indices), tensor(matrix.Values.ToArray()), [matrix.RowCount, matrix.ColumnCount])
            .DetachFromDisposeScope();
    }

    public static Tensor Mean(Tensor sparse, Tensor ego, int layers)
    {
        var all = new List<Tensor> { ego };
        for (int layer = 0; layer < layers; layer++)
            all.Add(sparse.matmul(all[^1]));
        return stack(all, 1).mean([1]);
    }
}
