using System.Runtime.InteropServices;
using DRepMRec.Collectives;
using DRepMRec.Internals;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>A tensor to fill; of processes that train together, with this one's share of a whole.</summary>
internal sealed record WarmStartTarget(string Name, Tensor Own, ColumnShare? Share, long[] Shape)
{
    public long Rows => Shape[0];

    public int Width => checked((int)(Shape.Aggregate(1L, (all, side) => all * side) / Rows));

    public static WarmStartTarget Of(string name, Tensor own, ColumnShare? share)
        => new(name, own, share, share?.WholeShape(own.shape) ?? own.shape);

    public void Put(SafeTensor filled)
    {
        if (Share is null)
        {
            TensorBytes.CopyTo(filled, Own);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Own.copy_(Share.Of(tensor(MemoryMarshal.Cast<byte, float>(filled.Data.Span).ToArray(), Shape, device: CPU), Own));
    }
}
