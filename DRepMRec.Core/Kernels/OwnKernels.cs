using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>Whether a tensor is computed with by our own kernels or by libtorch: every function that has both ways asks here.</summary>
internal static class OwnKernels
{
    private static readonly AsyncLocal<bool> Off = new();

    /// <summary>Whether libtorch computes everything in this process; set before anything is computed, by tests alone.</summary>
    public static bool AreOff { get; set; }

    /// <summary>Our kernels take Float32 on the CPU; libtorch does the rest.</summary>
    public static bool Run(Tensor x) => x.device_type == DeviceType.CPU && x.dtype == ScalarType.Float32 && !Off.Value && !AreOff;

    /// <summary>Until it's disposed, libtorch computes everything in this flow of control; tests compare the two ways by it.</summary>
    public static IDisposable SwitchOff() => new OffScope();

    private sealed class OffScope : IDisposable
    {
        private readonly bool _before = Off.Value;

        public OffScope() => Off.Value = true;

        public void Dispose() => Off.Value = _before;
    }
}
