using System.Runtime.CompilerServices;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>Products of sparse matrices and dense tensors, with gradients: SIMD kernels on the CPU, libtorch elsewhere.</summary>
/// <remarks>Gradients flow to the dense tensor only. Results belong to the dispose scope that is open.</remarks>
public static class Propagation
{
    private static readonly ConditionalWeakTable<CsrMatrix, Tensor> SparseTensors = [];

    // The tables between the products: the same memory for each step of a thread, as fresh memory costs more than the products.
    [ThreadStatic]
    private static NativeBuffer[]? _layers;

    /// <summary>One step of propagation, A x.</summary>
    /// <param name="matrix">A, [R, C].</param>
    /// <param name="x">[C, D], single precision.</param>
    /// <returns>[R, D].</returns>
    /// <exception cref="ArgumentException">The shape or the element type of <paramref name="x"/> doesn't fit.</exception>
    public static Tensor Propagate(this CsrMatrix matrix, Tensor x)
    {
        ThrowIfMismatched(matrix, x);
        return SparseProduct.Sum([(matrix, x)]);
    }

    /// <summary>LightGCN's propagation: the mean of x, A x, A² x … up to the given number of layers (LightGCN, eq. 4 and 7).</summary>
    /// <param name="matrix">A, symmetric, [N, N].</param>
    /// <param name="x">[N, D], single precision.</param>
    /// <param name="layers">The number of layers, 0 or more.</param>
    /// <returns>[N, D].</returns>
    /// <exception cref="ArgumentException">
    /// A isn't known to be symmetric, or the shape or the element type of <paramref name="x"/> doesn't fit.
    /// </exception>
    public static Tensor PropagateMean(this CsrMatrix matrix, Tensor x, int layers)
    {
        ThrowIfMismatched(matrix, x);
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        if (!ReferenceEquals(matrix.Transpose(), matrix))
        {
            const string Message = "The mean over layers is for symmetric matrices, such as InteractionGraph.Adjacency.";
            throw new ArgumentException(Message, nameof(matrix));
        }

        if (layers == 0)
            return x.Times(1);
        if (OwnKernels.Run(x))
        {
            Tensor mean = MeanFunction.apply(x, matrix, layers);
            if (!is_grad_enabled())
                ReleaseBuffers(); // No step is under way that others follow.
            return mean;
        }

        Tensor sum = x, layer = x;
        for (int i = 0; i < layers; i++)
        {
            layer = matrix.PropagateByLibtorch(layer);
            sum = sum.Plus(layer);
        }

        return sum.Times(1.0 / (layers + 1));
    }

    /// <summary>Cuts rows after the users: users and items apart, with gradients that meet in one pass.</summary>
    internal static UserItemEmbeddings Split(this Tensor nodes, int userCount)
    {
        List<Tensor> parts = nodes.Split(userCount, (int)nodes.shape[0] - userCount);
        return new UserItemEmbeddings(parts[0], parts[1]);
    }

    /// <summary>Cuts rows into parts of the given numbers, which add up to all.</summary>
    internal static List<Tensor> Split(this Tensor rows, params int[] counts) => SplitFunction.Of(rows, counts);

    /// <summary>A x by libtorch's sparse tensors, on the device of x.</summary>
    internal static Tensor PropagateByLibtorch(this CsrMatrix matrix, Tensor x)
        => matmul(matrix.IsOfOneStep ? Sparse(matrix, x.device) : KeptSparse(matrix, x.device), x);

    /// <summary>Frees the copies that libtorch computed with: by the owner of the matrices, once nothing computes with them.</summary>
    internal static void Release(IEnumerable<CsrMatrix> matrices)
    {
        lock (SparseTensors)
        {
            foreach (CsrMatrix matrix in matrices)
            {
                if (SparseTensors.Remove(matrix, out Tensor? kept))
                    kept.Dispose();
            }
        }
    }

    /// <summary>Frees what this thread keeps from step to step. A later step makes it anew.</summary>
    internal static void ReleaseBuffers()
    {
        foreach (NativeBuffer layer in _layers ?? [])
            layer.Free();
    }

    private static void ThrowIfMismatched(CsrMatrix matrix, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 2 || x.shape[0] != matrix.ColumnCount || x.dtype != ScalarType.Float32)
        {
            string shape = string.Join(", ", x.shape);
            throw new ArgumentException($"Expected a Float32 tensor of [{matrix.ColumnCount}, D], got {x.dtype} of [{shape}].", nameof(x));
        }
    }

    private static Tensor KeptSparse(CsrMatrix matrix, Device device)
    {
        lock (SparseTensors)
        {
            // Two objects for one device aren't equal.
            if (SparseTensors.TryGetValue(matrix, out Tensor? known)
                && known.device_type == device.type && known.device_index == device.index)
                return known;
            Tensor sparse = Sparse(matrix, device).DetachFromDisposeScope();
            SparseTensors.AddOrUpdate(matrix, sparse);
            return sparse;
        }
    }

    private static Tensor Sparse(CsrMatrix matrix, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        var indices = new long[2, matrix.NonZeroCount];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int e = matrix.RowOffsets[row]; e < matrix.RowOffsets[row + 1]; e++)
                (indices[0, e], indices[1, e]) = (row, matrix.Columns[e]);
        }

        Tensor places = tensor(indices, device: CPU), values = tensor(matrix.Values.ToArray(), device: CPU);
        return sparse_coo_tensor(places, values, [matrix.RowCount, matrix.ColumnCount], device: CPU).to(device).MoveToOuterDisposeScope();
    }

    private sealed unsafe class MeanFunction : OwnFunction<MeanFunction>
    {
        public override string Name => nameof(MeanFunction);

        protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
        {
            ctx.save_data("matrix", vars[1]);
            ctx.save_data("layers", vars[2]);
            return Compute((CsrMatrix)vars[1], (Tensor)vars[0], (int)vars[2]);
        }

        protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
            => [Compute((CsrMatrix)ctx.get_data("matrix"), grad_output, (int)ctx.get_data("layers")), null!, null!];

        private static Tensor Compute(CsrMatrix matrix, Tensor x, int layers)
        {
            using Tensor dense = x.contiguous();
            int width = (int)x.shape[1];
            Tensor mean = FloatTensors.Empty(matrix.RowCount, width);
            NativeBuffer[] between = _layers ??= [new NativeBuffer(), new NativeBuffer()];
            LayerMean.Compute(matrix.Arrays, dense.Floats(), null, new int[]?[layers], compact: false, width, between, mean.Floats());
            return mean;
        }
    }

    private sealed class SplitFunction : OwnMultiFunction<SplitFunction>
    {
        public override string Name => nameof(SplitFunction);

        public static List<Tensor> Of(Tensor rows, int[] counts) => Compute(rows, counts);

        protected override List<Tensor> ForwardPass(autograd.AutogradContext ctx, object[] vars)
        {
            var rows = (Tensor)vars[0];
            var parts = new List<Tensor>();
            long first = 0;
            foreach (int count in (int[])vars[1])
            {
                parts.Add(rows.narrow(0, first, count));
                first += count;
            }

            return parts;
        }

        protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
            => [cat(grad_outputs, 0), null!];
    }
}
