using DRepMRec.Collectives;
using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>
/// All columns of two tables of which each process has some, in one exchange. What is computed from them is computed by all, so on the way
/// back each process takes its columns of the gradient, and nothing is exchanged.
/// </summary>
internal sealed class GatherColumnsFunction : OwnMultiFunction<GatherColumnsFunction>
{
    public override string Name => nameof(GatherColumnsFunction);

    /// <param name="first">[n, columns of this process], or k such parts beside each other.</param>
    /// <param name="second">[m, the same].</param>
    /// <param name="columns">Whose columns are where.</param>
    /// <returns>[n, k D] and [m, k D].</returns>
    public static (Tensor First, Tensor Second) Apply(Tensor first, Tensor second, ColumnPartition columns)
    {
        List<Tensor> parts = Compute(first, second, columns);
        return (parts[0], parts[1]);
    }

    protected override List<Tensor> ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        var columns = (ColumnPartition)vars[2];
        ctx.save_data("columns", columns);
        using Tensor first = Plain((Tensor)vars[0]), second = Plain((Tensor)vars[1]);
        Device device = ((Tensor)vars[0]).device;
        int parts = columns.PartsOf(first.shape[1]);
        Tensor Whole(Tensor own) => FloatTensors.Empty(own.shape[0], (long)parts * columns.Dimension);
        Tensor allFirst = Whole(first), allSecond = Whole(second);
        ColumnTables.Pair Pair(Tensor own, Tensor all) => ColumnTables.Pair.Of(own, all, parts);
        ColumnTables.Gather([Pair(first, allFirst), Pair(second, allSecond)], columns);
        return [allFirst.to(device), allSecond.to(device)];
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var columns = (ColumnPartition)ctx.get_data("columns");
        Tensor Own(Tensor gradient)
        {
            long rows = gradient.shape[0], parts = gradient.shape[1] / columns.Dimension;
            Tensor byParts = gradient.contiguous().reshape(rows, parts, columns.Dimension);
            return byParts.narrow(2, columns.First, columns.Count).contiguous().reshape(rows, parts * columns.Count);
        }

        return [.. grad_outputs.Select(Own), null!];
    }

    private static Tensor Plain(Tensor table) => table.detach().cpu().contiguous();
}
