using DRepMRec.Kernels;

namespace DRepMRec.Tests.Support;

/// <summary>The paths whose instructions this processor has, or is let have (docs/reliability.md: without the optimisations).</summary>
internal static class SimdPathsHere
{
    public static IReadOnlyList<SimdPath> All { get; } = [.. Enum.GetValues<SimdPath>().Where(path => path <= SimdPaths.Best)];
}
