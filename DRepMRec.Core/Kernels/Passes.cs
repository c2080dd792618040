using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>Passes over contiguous numbers on the CPU, shared between threads in blocks: each number is one thread's alone.</summary>
internal static unsafe class Passes
{
    private const int Block = 1 << 12;
    private const int BlocksPerThread = 8;

    /// <summary>
    /// The tensor times a scalar tensor, as the gradient of a function with one value; the tensor itself where that is 1.
    /// </summary>
    /// <param name="x">Contiguous.</param>
    /// <param name="factor">One number.</param>
    public static Tensor Scaled(Tensor x, Tensor factor)
    {
        float by = factor.item<float>();
        if (by == 1)
            return x;
        Tensor y = empty_like(x);
        nint from = (nint)x.Floats(), to = (nint)y.Floats();
        ForBlocks(x.numel(), (start, length) =>
        {
            var own = new ReadOnlySpan<float>((float*)from + start, length);
            TensorPrimitives.Multiply(own, by, new Span<float>((float*)to + start, length));
        });
        return y;
    }

    /// <summary>Adds numbers to others.</summary>
    /// <param name="sum">What is added to.</param>
    /// <param name="more">What is added.</param>
    /// <param name="count">How many numbers.</param>
    public static void Add(float* sum, float* more, long count)
    {
        nint to = (nint)sum, from = (nint)more;
        ForBlocks(count, (start, length) =>
        {
            var own = new Span<float>((float*)to + start, length);
            TensorPrimitives.Add(own, new ReadOnlySpan<float>((float*)from + start, length), own);
        });
    }

    /// <summary>Copies numbers.</summary>
    /// <param name="from">The source.</param>
    /// <param name="to">The target.</param>
    /// <param name="count">How many numbers.</param>
    public static void Copy(float* from, float* to, long count)
    {
        nint source = (nint)from, target = (nint)to;
        ForBlocks(count, (start, length) =>
            new ReadOnlySpan<float>((float*)source + start, length).CopyTo(new Span<float>((float*)target + start, length)));
    }

    /// <summary>Sets numbers to zero.</summary>
    /// <param name="target">The numbers.</param>
    /// <param name="count">How many.</param>
    public static void Clear(float* target, long count)
    {
        nint start = (nint)target;
        ForBlocks(count, (first, length) => new Span<float>((float*)start + first, length).Clear());
    }

    /// <summary>Blocks of numbers, of which each is one thread's alone.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="body">Gets the first number of a block and the block's length.</param>
    public static void ForBlocks(long count, Action<long, int> body)
    {
        Parallelism.ForRanges(checked((int)((count + Block - 1) / Block)), BlocksPerThread, (from, to) =>
        {
            for (long start = (long)from * Block; start < Math.Min(count, (long)to * Block); start += Block)
                body(start, (int)Math.Min(Block, count - start));
        });
    }
}
