using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>The elements of tensors on the CPU, for kernels of our own.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first element of a contiguous Float32 tensor, which must stay alive while it is used.</summary>
    public static float* Floats(this Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>The elements of a contiguous Float32 tensor, which must stay alive while they are used.</summary>
    public static Span<float> FloatSpan(this Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
