using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>A1 x1 + A2 x2 + … with gradients: on the CPU each product is added to the sum as it is made, so that none takes memory or a pass of its own.</summary>
internal static unsafe class ProductSum
{
    /// <param name="terms">The matrices, all [R, C], and what they are multiplied with, [C, D]; at least one.</param>
    /// <returns>[R, D].</returns>
    public static Tensor Compute(IReadOnlyList<(CsrMatrix Matrix, Tensor X)> terms)
    {
        if (terms[0].X.device_type == DeviceType.CPU)
            return Function.apply([.. terms.Select(t => t.X), terms.Select(t => t.Matrix).ToArray()]);
        Tensor sum = terms[0].Matrix.Propagate(terms[0].X);
        foreach (var (matrix, x) in terms.Skip(1))
            sum = sum.Plus(matrix.Propagate(x));
        return sum;
    }

    private static void Multiply(CsrMatrix matrix, Tensor x, Tensor y, bool add)
    {
        using Tensor dense = x.contiguous();
        var target = (nint)y.Floats();
        SparseDenseProduct.Multiply(matrix, new SparseDenseProduct.RowJob { X = (nint)dense.Floats(), B = add ? target : 0, Target = target, Scale = 1 }, (int)y.shape[1]);
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(ProductSum);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var matrices = (CsrMatrix[])vars[^1];
            ctx.save_data("matrices", matrices);
            Tensor sum = empty(matrices[0].RowCount, ((Tensor)vars[0]).shape[1]);
            for (int n = 0; n < matrices.Length; n++)
                Multiply(matrices[n], (Tensor)vars[n], sum, add: n > 0);
            return sum;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var matrices = (CsrMatrix[])ctx.get_data("matrices");
            using Tensor slope = grad_output.contiguous();
            var gradients = new List<Tensor>(matrices.Length + 1);
            foreach (CsrMatrix matrix in matrices)
            {
                Tensor gradient = empty(matrix.ColumnCount, slope.shape[1]);
                Multiply(matrix.Transpose(), slope, gradient, add: false);
                gradients.Add(gradient);
            }

            gradients.Add(null!);
            return gradients;
        }
    }
}
