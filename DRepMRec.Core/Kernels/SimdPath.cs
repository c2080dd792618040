using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DRepMRec.Kernels;

/// <summary>Which instructions a kernel uses. Tests name a path to compare paths; all else takes <see cref="SimdPaths.Best"/>.</summary>
internal enum SimdPath
{
    /// <summary>One number at a time.</summary>
    Plain,

    /// <summary>8 numbers at a time; two registers of 4 where registers are of 128 bits.</summary>
    Vector256,

    /// <summary>16 numbers at a time.</summary>
    Vector512,
}

/// <summary>The choice between the paths, made once for all kernels.</summary>
internal static class SimdPaths
{
    /// <summary>The widest path that this processor has registers for.</summary>
    public static SimdPath Best { get; } = Vector512.IsHardwareAccelerated ? SimdPath.Vector512
        : Vector128.IsHardwareAccelerated ? SimdPath.Vector256
        : SimdPath.Plain;

    /// <summary>
    /// All that kernels round by: the architecture, the path, and the width of the vectors that sums beside the paths are made in, which
    /// processors of one path may have of 4 or 8 numbers.
    /// </summary>
    public static string Processor { get; } = FormattableString.Invariant(
        $"{RuntimeInformation.ProcessArchitecture}, {Best}, vectors of {Vector<float>.Count}");
}
