using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>A1 x1 + A2 x2 + … with gradients, for all rows or for the rows that are asked for.</summary>
/// <remarks>By our kernel each product is added to the sum as it is made, so that none takes memory or a pass of its own.</remarks>
internal static unsafe class SparseProduct
{
    /// <summary>A sum of products.</summary>
    /// <param name="terms">The matrices, all [R, C], each with its x, [C, D]; at least one.</param>
    /// <returns>[R, D].</returns>
    public static Tensor Sum(IReadOnlyList<(CsrMatrix Matrix, Tensor X)> terms)
    {
        if (OwnKernels.Run(terms[0].X))
            return Function.apply([.. terms.Select(t => t.X), new Product([.. terms.Select(t => t.Matrix)])]);
        return terms.Select(t => t.Matrix.PropagateByLibtorch(t.X)).Aggregate((sum, more) => sum.Plus(more));
    }

    /// <summary>Rows of A x: the result of <see cref="Propagation.Propagate"/> without the rows that nobody asked for.</summary>
    /// <param name="matrix">A, [R, C].</param>
    /// <param name="x">[C, D].</param>
    /// <param name="rows">The rows, each once.</param>
    /// <returns>[rows, D].</returns>
    public static Tensor PropagateRows(this CsrMatrix matrix, Tensor x, int[] rows)
        => OwnKernels.Run(x) ? Function.apply(x, new Product([matrix]) { Rows = rows }) : matrix.SelectRows(rows).Propagate(x);

    /// <summary>The product with a block of a leaf, whose gradient is made in place.</summary>
    /// <param name="matrix">A, [R, C].</param>
    /// <param name="leaf">[N, D]: x is its last C rows.</param>
    /// <param name="rows">The rows, each once.</param>
    /// <param name="gradient">The gradient of the leaf.</param>
    /// <returns>[rows, D].</returns>
    public static Tensor PropagateRows(this CsrMatrix matrix, Tensor leaf, int[] rows, LeafGradient gradient)
    {
        long before = leaf.shape[0] - matrix.ColumnCount;
        return OwnKernels.Run(leaf)
            ? Function.apply(leaf, new Product([matrix]) { Rows = rows, RowsBefore = before, Leaf = leaf, Gradient = gradient })
            : matrix.SelectRows(rows).Propagate(leaf.narrow(0, before, matrix.ColumnCount));
    }

    /// <param name="Matrices">A1, A2, …; one alone where there are rows or a leaf.</param>
    private sealed record Product(CsrMatrix[] Matrices)
    {
        /// <summary>The rows to make; <see langword="null"/> for all.</summary>
        public int[]? Rows { get; init; }

        /// <summary>The number of rows of the leaf before the first row of x.</summary>
        public long RowsBefore { get; init; }

        public Tensor? Leaf { get; init; }

        public LeafGradient? Gradient { get; init; }

        /// <summary>Makes y, or adds to it.</summary>
        public void Forward(CsrMatrix matrix, Tensor x, Tensor y, bool add)
        {
            using Tensor dense = x.contiguous();
            int width = (int)y.shape[1];
            nint from = (nint)(dense.Floats() + (RowsBefore * width)), target = (nint)y.Floats();
            var job = new SparseDenseProduct.Job
            {
                Rows = Rows,
                Compact = Rows is not null,
                X = from,
                B = add ? target : 0,
                Target = target,
            };
            SparseDenseProduct.Multiply(matrix.Arrays, job, width);
        }

        public Tensor? Backward(CsrMatrix matrix, Tensor slope)
        {
            CsrMatrix transpose = matrix.Transpose();
            int width = (int)slope.shape[1];
            int[]? places = Rows is null ? null : Places(Rows, transpose.ColumnCount);
            var job = new SparseDenseProduct.Job { X = (nint)slope.Floats(), XPlaces = places };
            if (Gradient is null)
            {
                Tensor gradient = FloatTensors.Empty(transpose.RowCount, width);
                SparseDenseProduct.Multiply(transpose.Arrays, job with { Target = (nint)gradient.Floats() }, width);
                return gradient;
            }

            return Gradient.Add(Leaf!, target =>
            {
                var block = (nint)(target + (RowsBefore * width));
                SparseDenseProduct.Multiply(transpose.Arrays, job with { B = block, Target = block }, width);
            });
        }

        /// <summary>For each row of the matrix its place in the list, or -1.</summary>
        private static int[] Places(int[] rows, int count)
        {
            var places = new int[count];
            places.AsSpan().Fill(-1);
            for (int place = 0; place < rows.Length; place++)
                places[rows[place]] = place;
            return places;
        }
    }

    private sealed class Function : OwnFunction<Function>
    {
        public override string Name => nameof(SparseProduct);

        protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
        {
            var product = (Product)vars[^1];
            ctx.save_data("product", product);
            CsrMatrix[] matrices = product.Matrices;
            Tensor y = FloatTensors.Empty(product.Rows?.Length ?? matrices[0].RowCount, ((Tensor)vars[0]).shape[1]);
            for (int n = 0; n < matrices.Length; n++)
                product.Forward(matrices[n], (Tensor)vars[n], y, add: n > 0);
            return y;
        }

        protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var product = (Product)ctx.get_data("product");
            using Tensor slope = grad_output.contiguous();
            return [.. product.Matrices.Select(matrix => product.Backward(matrix, slope)!), null!];
        }
    }
}
