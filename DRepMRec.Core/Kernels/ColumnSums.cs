using System.Numerics.Tensors;
using DRepMRec.Internals;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// Sums of the columns of a matrix on the CPU: blocks of rows, whose size depends on nothing, are summed on their own, and then the blocks
/// in their order, so that the number of threads has no say in the rounding.
/// </summary>
internal sealed unsafe class ColumnSums
{
    /// <summary>The rows of a block.</summary>
    public const int Block = 64;

    private readonly float[] _partial;
    private readonly int _width;

    /// <param name="rowCount">The number of rows.</param>
    /// <param name="width">The number of columns.</param>
    public ColumnSums(int rowCount, int width) => (_partial, _width) = (new float[(long)Blocks(rowCount) * width], width);

    /// <summary>The number of blocks of some rows.</summary>
    public static int Blocks(int rowCount) => (rowCount + Block - 1) / Block;

    /// <summary>Adds a row to the sums of its block; one thread a block.</summary>
    public void Add(int block, ReadOnlySpan<float> row)
    {
        Span<float> own = _partial.AsSpan(block * _width, _width);
        TensorPrimitives.Add(own, row, own);
    }

    /// <summary>The sums over all blocks.</summary>
    /// <param name="target">One number a column, overwritten.</param>
    public void Sum(Span<float> target)
    {
        target.Clear();
        for (int start = 0; start < _partial.Length; start += _width)
            TensorPrimitives.Add(target, _partial.AsSpan(start, _width), target);
    }

    /// <summary>The sums of a contiguous matrix.</summary>
    /// <param name="x">[N, D].</param>
    /// <returns>[D].</returns>
    public static Tensor Of(Tensor x)
    {
        int count = (int)x.shape[0], width = (int)x.shape[1];
        nint all = (nint)x.Floats();
        var sums = new ColumnSums(count, width);
        Parallelism.ForRanges(Blocks(count), minimumPerThread: 8, (from, to) =>
        {
            for (int block = from; block < to; block++)
            {
                for (int row = block * Block; row < Math.Min(count, (block + 1) * Block); row++)
                    sums.Add(block, new ReadOnlySpan<float>((float*)all + ((long)row * width), width));
            }
        });
        Tensor total = FloatTensors.Empty(width);
        sums.Sum(total.FloatSpan());
        return total;
    }
}
