using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>a ⊙ sigmoid(b), value and gradient in one pass each on the CPU, by libtorch elsewhere.</summary>
internal sealed unsafe class GateFunction : autograd.SingleTensorFunction<GateFunction>
{
    private const int Block = 1 << 12;

    public override string Name => nameof(GateFunction);

    /// <param name="a">The values that the gate lets through.</param>
    /// <param name="b">How far the gate is open, shaped like a.</param>
    public static Tensor Apply(Tensor a, Tensor b) => OwnKernels.Run(a) ? apply(a, b) : a * b.sigmoid();

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor a = ((Tensor)vars[0]).contiguous(), b = ((Tensor)vars[1]).contiguous(), gate = empty_like(b), y = empty_like(a);
        nint pa = (nint)a.Floats(), pb = (nint)b.Floats(), pg = (nint)gate.Floats(), py = (nint)y.Floats();
        Parallelism.ForRanges(Blocks(a), minimumPerThread: 16, (from, to) =>
        {
            int start = from * Block, length = Math.Min((int)a.numel(), to * Block) - start;
            Span<float> open = new((float*)pg + start, length);
            ReadOnlySpan<float> own = new((float*)pa + start, length);
            TensorPrimitives.Sigmoid(new ReadOnlySpan<float>((float*)pb + start, length), open);
            TensorPrimitives.Multiply(own, open, new Span<float>((float*)py + start, length));
        });
        ctx.save_for_backward([a, gate]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        using Tensor slope = grad_output.contiguous();
        Tensor toA = empty_like(slope), toB = empty_like(slope);
        nint pa = (nint)saved[0].Floats(), pg = (nint)saved[1].Floats(), ps = (nint)slope.Floats();
        nint ta = (nint)toA.Floats(), tb = (nint)toB.Floats();
        int count = (int)slope.numel();
        Parallelism.ForRanges(Blocks(slope), minimumPerThread: 16, (from, to) =>
        {
            int start = from * Block, length = Math.Min(count, to * Block) - start;
            ReadOnlySpan<float> a = new((float*)pa + start, length), gate = new((float*)pg + start, length);
            ReadOnlySpan<float> s = new((float*)ps + start, length);
            Span<float> da = new((float*)ta + start, length), db = new((float*)tb + start, length);

            // da = s g, and db = s a g (1 - g) = a da (1 - g).
            TensorPrimitives.Multiply(s, gate, da);
            Span<float> rest = stackalloc float[Block];
            for (int first = 0; first < length; first += Block)
            {
                Range part = first..Math.Min(length, first + Block);
                TensorPrimitives.Multiply(a[part], da[part], db[part]);
                TensorPrimitives.Multiply(db[part], gate[part], rest);
                TensorPrimitives.Subtract(db[part], rest[..db[part].Length], db[part]);
            }
        });
        return [toA, toB];
    }

    private static int Blocks(Tensor tensor) => (int)((tensor.numel() + Block - 1) / Block);
}
