using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>
/// The gradient of one leaf tensor, made in place: kernels of ours write or add to <c>grad</c> itself, in memory that is kept from step to
/// step. Otherwise each gradient would be allocated, handed over, copied, and added in passes over the whole table.
/// </summary>
/// <remarks>
/// So it is in the passes of <see cref="Backpropagation.Run"/>, whose gradients are gone before the next step. Anybody else may keep
/// theirs, or ask autograd for them: there each is handed to autograd in memory of its own.
/// </remarks>
internal sealed unsafe class LeafGradient
{
    private readonly NativeBuffer _scratch = new();
    private Tensor? _kept;

    /// <summary>A kernel that writes the gradient's elements, or adds to them.</summary>
    public delegate void Kernel(float* target);

    /// <summary>Adds the elements that a kernel writes to the gradient of <paramref name="x"/>.</summary>
    /// <param name="x">A Float32 tensor on the CPU.</param>
    /// <param name="write">Overwrites all elements.</param>
    /// <returns>
    /// The gradient to hand to autograd where it isn't made in place; otherwise <see langword="null"/>, as it is in its place already.
    /// </returns>
    public Tensor? Write(Tensor x, Kernel write)
    {
        if (!IsMadeInPlace(x))
            return Fill(FloatTensors.Empty(x.shape), write);
        using Tensor? known = x.grad;
        if (known is null)
        {
            x.grad = Fill(Kept(x), write);
            return null;
        }

        long length = known.numel();
        float* more = _scratch.EnsureCapacity(length);
        write(more);
        Passes.Add(known.Floats(), more, length);
        return null;
    }

    /// <summary>Adds to the gradient of <paramref name="x"/>.</summary>
    /// <param name="x">A Float32 tensor on the CPU.</param>
    /// <param name="add">Adds to the elements that it has a gradient for.</param>
    /// <returns>As <see cref="Write"/>.</returns>
    public Tensor? Add(Tensor x, Kernel add)
    {
        if (!IsMadeInPlace(x))
            return Fill(FloatTensors.Zeros(x.shape), add);
        using Tensor? known = x.grad;
        if (known is not null)
        {
            Fill(known, add);
            return null;
        }

        Tensor kept = Kept(x);
        Passes.Clear(kept.Floats(), kept.numel());
        x.grad = Fill(kept, add);
        return null;
    }

    /// <summary>Frees the memory, unless a leaf still has it as its gradient.</summary>
    public void Release()
    {
        _kept?.Dispose();
        _kept = null;
        _scratch.Free();
    }

    private static bool IsMadeInPlace(Tensor x) => x.is_leaf && Backpropagation.IsRunning;

    private static Tensor Fill(Tensor target, Kernel kernel)
    {
        kernel(target.Floats());
        return target;
    }

    private Tensor Kept(Tensor x)
    {
        if (_kept is null || !_kept.shape.SequenceEqual(x.shape))
        {
            _kept?.Dispose();
            _kept = FloatTensors.Empty(x.shape).DetachFromDisposeScope();
        }

        return _kept;
    }
}
