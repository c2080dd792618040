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

    /// <summary>The same where several are computed with: our kernels read all of them as what the first one is.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="others">Others, of which <see langword="null"/> is none.</param>
    public static bool Run(Tensor x, params ReadOnlySpan<Tensor?> others)
    {
        foreach (Tensor? other in others)
        {
            if (other is not null && !Run(other))
                return false;
        }

        return Run(x);
    }

    /// <summary>Until it's disposed, libtorch computes everything in this flow of control; tests compare the two ways by it.</summary>
    public static IDisposable SwitchOff() => new OffScope();

    private sealed class OffScope : IDisposable
    {
        private readonly bool _before = Off.Value;

        public OffScope() => Off.Value = true;

        public void Dispose() => Off.Value = _before;
    }
}
