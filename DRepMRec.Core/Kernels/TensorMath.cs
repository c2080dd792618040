using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Arithmetic between tensors and numbers that holds on to the number until the native call is back.</summary>
/// <remarks>
/// TorchSharp converts a number to a <see cref="Scalar"/> and passes its bare handle on, so a garbage collection on another thread may free
/// it while the native call still reads it: <c>a * 2</c>, <c>1 - a</c> and even <c>a + b</c> (which is <c>add(b, 1)</c>) can throw or,
/// worse, be wrong. Use these methods instead, in modules of your own too. Like all tensors, the results belong to the dispose scope that
/// is open.
/// </remarks>
public static class TensorMath
{
    private static readonly Scalar One = 1.ToScalar(); // For tensors of whole numbers too.

    /// <summary>a + b, element by element.</summary>
    /// <param name="a">A tensor.</param>
    /// <param name="b">A tensor whose shape can be broadcast with that of <paramref name="a"/>.</param>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + factor * b, element by element.</summary>
    /// <param name="a">A tensor.</param>
    /// <param name="b">A tensor whose shape can be broadcast with that of <paramref name="a"/>.</param>
    /// <param name="factor">The factor of <paramref name="b"/>.</param>
    public static Tensor Plus(this Tensor a, Tensor b, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.add(b, scalar);
    }

    /// <summary>a * factor.</summary>
    /// <param name="a">A tensor.</param>
    /// <param name="factor">A number.</param>
    public static Tensor Times(this Tensor a, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.mul(scalar);
    }

    /// <summary>a + number.</summary>
    /// <param name="a">A tensor.</param>
    /// <param name="number">A number.</param>
    public static Tensor Plus(this Tensor a, double number)
    {
        using Scalar scalar = number.ToScalar();
        return a.add(scalar, One);
    }

    /// <summary>The squares of the elements.</summary>
    /// <param name="a">A tensor.</param>
    public static Tensor Squared(this Tensor a) => a * a;

    /// <summary>Each row divided by its Euclidean length (at least 1e-12, so that zero rows stay zero).</summary>
    /// <param name="a">[N, D].</param>
    /// <exception cref="ArgumentException">It isn't a table.</exception>
    public static Tensor NormalizeRows(this Tensor a)
    {
        TableShape.ThrowIfNoTable(a, nameof(a));
        if (OwnKernels.Run(a))
            return NormalizeFunction.Apply(a);

        // Rows that are shorter than the limit take no gradient: through the limit it would be 1e12 times too large.
        Tensor squares = a.RowDot(a).unsqueeze(1);
        Tensor limit = tensor((double)NormalizeFunction.MinLength * NormalizeFunction.MinLength, dtype: a.dtype, device: a.device);
        Tensor isLong = squares.ge(limit).to_type(a.dtype), rows = (a * isLong).Plus(a.detach() * isLong.Times(-1).Plus(1));
        return rows * maximum(squares, limit).rsqrt();
    }

    /// <summary>The dot product of each row of a with the row of b at the same place: [N, D] and [N, D] to [N].</summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[N, D].</param>
    public static Tensor RowDot(this Tensor a, Tensor b) => (a * b).sum(1);

    /// <summary>The indexed rows of a table, in the order of the indices: [N, D] to [n, D]. Gradients flow to the table.</summary>
    /// <param name="table">[N, D].</param>
    /// <param name="rows">n row indices; a row may occur more than once.</param>
    public static Tensor SelectRows(this Tensor table, ReadOnlySpan<int> rows)
    {
        if (OwnKernels.Run(table) && table.dim() == 2)
            return SelectFunction.Apply(table, rows.ToArray());
        RowGroups.ThrowIfOutside(rows, (int)table.shape[0]);
        return table.index_select(0, tensor(rows.ToArray(), device: CPU).to(table.device));
    }

    /// <summary>The same rows, each divided by its length, without a table of the rows as they were.</summary>
    /// <param name="table">[N, D].</param>
    /// <param name="rows">n row indices; a row may occur more than once.</param>
    internal static Tensor SelectUnitRows(this Tensor table, ReadOnlySpan<int> rows) => OwnKernels.Run(table)
        ? NormalizeFunction.Apply(table, rows.ToArray())
        : table.SelectRows(rows).NormalizeRows();
}
