using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>Products of sparse matrices and dense tensors with gradients: a SIMD kernel on the CPU, libtorch's sparse product on other devices.</summary>
/// <remarks>Gradients flow to the dense tensor only. Results belong to the dispose scope that is open.</remarks>
public static class Propagation
{
    private static readonly ConditionalWeakTable<CsrMatrix, Tensor> SparseTensors = [];

    // Layers between the first and the last: the same memory for each call of a thread, as fresh memory costs more than the products.
    [ThreadStatic]
    private static NativeBuffer[]? _layers;

    /// <summary>One step of propagation, A x.</summary>
    /// <param name="matrix">A, [R, C].</param>
    /// <param name="x">[C, D], single precision.</param>
    /// <returns>[R, D].</returns>
    /// <exception cref="ArgumentException">The shape or the element type of <paramref name="x"/> doesn't fit.</exception>
    public static Tensor Propagate(this CsrMatrix matrix, Tensor x)
    {
        Check(matrix, x);
        return RunsOnKernel(x) ? ProductFunction.apply(x, matrix) : matmul(SparseOn(matrix, x.device), x);
    }

    /// <summary>LightGCN's propagation: the mean of x, A x, A² x … up to the given number of layers (LightGCN, eq. 4 and 7).</summary>
    /// <param name="matrix">A, symmetric, [N, N].</param>
    /// <param name="x">[N, D], single precision.</param>
    /// <param name="layers">The number of layers, 0 or more.</param>
    /// <returns>[N, D].</returns>
    /// <exception cref="ArgumentException">A isn't known to be symmetric, or the shape or the element type of <paramref name="x"/> doesn't fit.</exception>
    public static Tensor PropagateMean(this CsrMatrix matrix, Tensor x, int layers)
    {
        Check(matrix, x);
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        if (!ReferenceEquals(matrix.Transpose(), matrix))
            throw new ArgumentException("The mean over layers is for symmetric matrices, such as InteractionGraph.Adjacency.", nameof(matrix));
        if (layers == 0)
            return x.Times(1);
        if (RunsOnKernel(x))
            return MeanFunction.apply(x, matrix, layers);

        Tensor sum = x, layer = x;
        for (int i = 0; i < layers; i++)
        {
            layer = matmul(SparseOn(matrix, x.device), layer);
            sum = sum.Plus(layer);
        }

        return sum.Times(1.0 / (layers + 1));
    }

    /// <summary>The same as <see cref="PropagateMean"/>, cut after the first rows: users and items apart, with gradients that meet in one pass.</summary>
    internal static UserItemEmbeddings PropagateMeanSplit(this CsrMatrix matrix, Tensor x, int layers, int userCount)
    {
        Check(matrix, x);
        if (layers > 0 && RunsOnKernel(x))
        {
            List<Tensor> parts = SplitMeanFunction.apply(x, matrix, layers, userCount);
            return new UserItemEmbeddings(parts[0], parts[1]);
        }

        Tensor nodes = matrix.PropagateMean(x, layers);
        return new UserItemEmbeddings(nodes.narrow(0, 0, userCount), nodes.narrow(0, userCount, matrix.RowCount - userCount));
    }

    /// <summary>One step of propagation, A x, cut after the first rows: users and items apart, with gradients that meet in one pass.</summary>
    internal static UserItemEmbeddings PropagateSplit(this CsrMatrix matrix, Tensor x, int userCount)
    {
        Check(matrix, x);
        if (RunsOnKernel(x))
        {
            List<Tensor> parts = SplitFunction.apply(x, matrix, userCount);
            return new UserItemEmbeddings(parts[0], parts[1]);
        }

        Tensor rows = matrix.Propagate(x);
        return new UserItemEmbeddings(rows.narrow(0, 0, userCount), rows.narrow(0, userCount, matrix.RowCount - userCount));
    }

    /// <summary>The same product by libtorch's sparse tensors, on the device of x.</summary>
    internal static Tensor PropagateByLibtorch(this CsrMatrix matrix, Tensor x) => matmul(SparseOn(matrix, x.device), x);

    private static bool RunsOnKernel(Tensor x) => x.device_type == DeviceType.CPU;

    private static void Check(CsrMatrix matrix, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 2 || x.shape[0] != matrix.ColumnCount || x.dtype != ScalarType.Float32)
            throw new ArgumentException($"Expected a Float32 tensor of [{matrix.ColumnCount}, D], got {x.dtype} of [{string.Join(", ", x.shape)}].", nameof(x));
    }

    private static Tensor SparseOn(CsrMatrix matrix, Device device)
    {
        lock (SparseTensors)
        {
            if (SparseTensors.TryGetValue(matrix, out Tensor? known) && known.device == device)
                return known;

            using var scope = NewDisposeScope();
            var indices = new long[2, matrix.NonZeroCount];
            for (int row = 0; row < matrix.RowCount; row++)
            {
                for (int e = matrix.RowOffsets[row]; e < matrix.RowOffsets[row + 1]; e++)
                    (indices[0, e], indices[1, e]) = (row, matrix.Columns[e]);
            }

            Tensor sparse = sparse_coo_tensor(tensor(indices), tensor(matrix.Values.ToArray()), [matrix.RowCount, matrix.ColumnCount]).to(device).DetachFromDisposeScope();
            SparseTensors.AddOrUpdate(matrix, sparse);
            return sparse;
        }
    }

    private static unsafe Tensor Multiply(CsrMatrix matrix, Tensor x)
    {
        using Tensor dense = x.contiguous();
        int width = (int)x.shape[1];
        Tensor y = empty(matrix.RowCount, width);
        SparseDenseProduct.Multiply(matrix, Pointer(dense), Pointer(y), width);
        return y;
    }

    /// <summary>The mean over layers; the sum is made inside the products, the last layer itself is never stored.</summary>
    private static unsafe Tensor Mean(CsrMatrix matrix, Tensor x, int layers)
    {
        int width = (int)x.shape[1];
        Tensor mean = empty(matrix.RowCount, width);
        using Tensor dense = x.contiguous();
        NativeBuffer[] between = _layers ??= [new NativeBuffer(), new NativeBuffer()];
        float* from = Pointer(dense), source = from;
        for (int layer = 1; layer <= layers; layer++)
        {
            bool last = layer == layers;
            float* to = last ? null : between[layer % 2].Of((long)matrix.RowCount * width);
            SparseDenseProduct.Multiply(matrix, from, to, width, new SparseDenseProduct.Sum(source, Pointer(mean), last ? 1f / (layers + 1) : 1f));
            from = to;
            source = Pointer(mean);
        }

        return mean;
    }

    private static unsafe float* Pointer(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    private sealed class ProductFunction : autograd.SingleTensorFunction<ProductFunction>
    {
        public override string Name => nameof(ProductFunction);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("matrix", vars[1]);
            return Multiply((CsrMatrix)vars[1], (Tensor)vars[0]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
            => [Multiply(((CsrMatrix)ctx.get_data("matrix")).Transpose(), grad_output), null!];
    }

    private sealed class SplitFunction : autograd.MultiTensorFunction<SplitFunction>
    {
        public override string Name => nameof(SplitFunction);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var matrix = (CsrMatrix)vars[1];
            ctx.save_data("matrix", matrix);
            int userCount = (int)vars[2];
            using Tensor rows = Multiply(matrix, (Tensor)vars[0]);
            return [rows.narrow(0, 0, userCount), rows.narrow(0, userCount, matrix.RowCount - userCount)];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using Tensor gradient = cat([grad_outputs[0], grad_outputs[1]], 0);
            return [Multiply(((CsrMatrix)ctx.get_data("matrix")).Transpose(), gradient), null!, null!];
        }
    }

    private sealed class MeanFunction : autograd.SingleTensorFunction<MeanFunction>
    {
        public override string Name => nameof(MeanFunction);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("matrix", vars[1]);
            ctx.save_data("layers", vars[2]);
            return Mean((CsrMatrix)vars[1], (Tensor)vars[0], (int)vars[2]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
            => [Mean((CsrMatrix)ctx.get_data("matrix"), grad_output, (int)ctx.get_data("layers")), null!, null!];
    }

    private sealed class SplitMeanFunction : autograd.MultiTensorFunction<SplitMeanFunction>
    {
        public override string Name => nameof(SplitMeanFunction);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("matrix", vars[1]);
            ctx.save_data("layers", vars[2]);
            var matrix = (CsrMatrix)vars[1];
            int userCount = (int)vars[3];
            using Tensor nodes = Mean(matrix, (Tensor)vars[0], (int)vars[2]);
            return [nodes.narrow(0, 0, userCount), nodes.narrow(0, userCount, matrix.RowCount - userCount)];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using Tensor gradient = cat([grad_outputs[0], grad_outputs[1]], 0);
            return [Mean((CsrMatrix)ctx.get_data("matrix"), gradient, (int)ctx.get_data("layers")), null!, null!, null!];
        }
    }
}
