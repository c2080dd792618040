using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>The elements of tensors on the CPU, for kernels of our own.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first element of a contiguous Float32 tensor, which must stay alive while it is used.</summary>
    public static float* Floats(this Tensor tensor)
    {
        ThrowIfOtherType(tensor);
        if (tensor.numel() <= int.MaxValue / sizeof(float))
            return Start(tensor);

        // Its bytes are more than a span can have, but it begins where its first number does.
        if (!tensor.is_contiguous())
            throw new InvalidOperationException($"Expected [{string.Join(", ", tensor.shape)}] to be contiguous.");
        using Tensor flat = tensor.view(-1), first = flat.narrow(0, 0, 1);
        return Start(first);
    }

    /// <summary>The elements of a contiguous Float32 tensor, which must stay alive while they are used.</summary>
    public static Span<float> FloatSpan(this Tensor tensor)
    {
        ThrowIfOtherType(tensor);
        return MemoryMarshal.Cast<byte, float>(tensor.bytes);
    }

    private static float* Start(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    private static void ThrowIfOtherType(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32)
            throw new InvalidOperationException($"Expected a tensor of {ScalarType.Float32}, got one of {tensor.dtype}.");
    }
}
