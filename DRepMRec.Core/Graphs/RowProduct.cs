using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>Some rows of A x, with gradients: what <see cref="Propagation.Propagate"/> gives, without the rows that nobody asked for.</summary>
internal static unsafe class RowProduct
{
    /// <param name="matrix">A, [R, C].</param>
    /// <param name="x">[C, D].</param>
    /// <param name="rows">The rows, each once.</param>
    /// <returns>[rows, D].</returns>
    public static Tensor PropagateRows(this CsrMatrix matrix, Tensor x, int[] rows)
        => x.device_type == TorchSharp.DeviceType.CPU ? Function.apply(x, new Product(matrix, rows)) : matrix.SelectRows(rows).Propagate(x);

    /// <summary>The same for a block of a leaf, whose gradient is made in place.</summary>
    /// <param name="matrix">A, [R, C].</param>
    /// <param name="leaf">[N, D]: x is its last C rows.</param>
    /// <param name="rows">The rows, each once.</param>
    /// <param name="gradient">The gradient of the leaf.</param>
    /// <returns>[rows, D].</returns>
    public static Tensor PropagateRows(this CsrMatrix matrix, Tensor leaf, int[] rows, LeafGradient gradient)
    {
        long before = leaf.shape[0] - matrix.ColumnCount;
        return leaf.device_type == TorchSharp.DeviceType.CPU
            ? Function.apply(leaf, new Product(matrix, rows) { RowsBefore = before, Leaf = leaf, Gradient = gradient })
            : matrix.SelectRows(rows).Propagate(leaf.narrow(0, before, matrix.ColumnCount));
    }

    private sealed record Product(CsrMatrix Matrix, int[] Rows)
    {
        public long RowsBefore { get; init; }

        public Tensor? Leaf { get; init; }

        public LeafGradient? Gradient { get; init; }

        public Tensor Forward(Tensor x)
        {
            int width = (int)x.shape[1];
            Tensor y = empty(Rows.Length, width);
            var from = (nint)(x.Floats() + (RowsBefore * width));
            SparseDenseProduct.Multiply(Matrix, new SparseDenseProduct.RowJob { Rows = Rows, X = from, Target = (nint)y.Floats(), Compact = true, Scale = 1 }, width);
            return y;
        }

        public Tensor? Backward(Tensor slope)
        {
            CsrMatrix transpose = Matrix.Transpose();
            int width = (int)slope.shape[1];
            var places = new int[transpose.ColumnCount];
            places.AsSpan().Fill(-1);
            for (int place = 0; place < Rows.Length; place++)
                places[Rows[place]] = place;
            var job = new SparseDenseProduct.RowJob { X = (nint)slope.Floats(), XPlaces = places, Scale = 1 };
            if (Gradient is null)
            {
                Tensor gradient = empty(transpose.RowCount, width);
                SparseDenseProduct.Multiply(transpose, job with { Target = (nint)gradient.Floats() }, width);
                return gradient;
            }

            return Gradient.Add(Leaf!, target =>
            {
                var block = (nint)(target + (RowsBefore * width));
                SparseDenseProduct.Multiply(transpose, job with { B = block, Target = block }, width);
            });
        }
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(RowProduct);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("product", vars[1]);
            using Tensor x = ((Tensor)vars[0]).contiguous();
            return ((Product)vars[1]).Forward(x);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using Tensor slope = grad_output.contiguous();
            return [((Product)ctx.get_data("product")).Backward(slope)!, null!];
        }
    }
}
