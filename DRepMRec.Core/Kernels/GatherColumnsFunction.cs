using DRepMRec.Collectives;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>
/// All columns of two tables of which each process has some, in one exchange. What is computed from them is computed by all, so on the way
/// back each process takes its columns of the gradient, and nothing is exchanged.
/// </summary>
internal sealed class GatherColumnsFunction : OwnMultiFunction<GatherColumnsFunction>
{
    public override string Name => nameof(GatherColumnsFunction);

    /// <param name="first">[n, columns of this process].</param>
    /// <param name="second">[m, columns of this process].</param>
    /// <param name="columns">Whose columns are where.</param>
    /// <returns>[n, D] and [m, D].</returns>
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
        Tensor allFirst = empty(first.shape[0], columns.Dimension), allSecond = empty(second.shape[0], columns.Dimension);
        ColumnTables.Gather([ColumnTables.Pair.Of(first, allFirst), ColumnTables.Pair.Of(second, allSecond)], columns);
        return [allFirst.to(device), allSecond.to(device)];
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var columns = (ColumnPartition)ctx.get_data("columns");
        return [.. grad_outputs.Select(g => g.narrow(1, columns.First, columns.Count).contiguous()), null!];
    }

    private static Tensor Plain(Tensor table) => table.detach().cpu().contiguous();
}
