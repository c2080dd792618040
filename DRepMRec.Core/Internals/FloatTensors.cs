using static TorchSharp.torch;

namespace DRepMRec.Internals;

/// <summary>New Float32 tensors on the CPU, whatever type and device the application has made the default.</summary>
internal static class FloatTensors
{
    /// <summary>A tensor whose elements are anything.</summary>
    public static Tensor Empty(params ReadOnlySpan<long> shape) => empty(shape, ScalarType.Float32, CPU);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(params ReadOnlySpan<long> shape) => zeros(shape, ScalarType.Float32, CPU);
}
