using System.Runtime.InteropServices;

namespace DRepMRec.Internals;

/// <summary>
/// The memory of libtorch's tensors between the steps of a training. glibc hands what a step frees back to the system, which clears every page of it again for the next step: a fifth of the time of a step with content.
/// Elsewhere than on Linux with glibc, and where the environment has thresholds of its own, nothing is done.
/// </summary>
internal static unsafe class NativeHeap
{
    // <malloc.h>: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD.
    private const int TrimThreshold = -1;
    private const int MappedThreshold = -3;

    // The most that glibc takes for a mapped block; larger ones go back to the system as before.
    private const int LargestKept = 32 << 20;

    private static readonly Lazy<nint> Library = new(() => OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is null && Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null
        && NativeLibrary.TryLoad("libc.so.6", out nint library) ? library : 0);

    /// <summary>From now on, freed blocks of up to 32 MB stay with the process, for the next step to use.</summary>
    public static void KeepFreed()
    {
        if (Library.Value == 0 || !NativeLibrary.TryGetExport(Library.Value, "mallopt", out nint function))
            return;
        var set = (delegate* unmanaged<int, int, int>)function;
        _ = set(MappedThreshold, LargestKept);
        _ = set(TrimThreshold, int.MaxValue);
    }

    /// <summary>Hands what is free at the moment back to the system.</summary>
    public static void Trim()
    {
        if (Library.Value != 0 && NativeLibrary.TryGetExport(Library.Value, "malloc_trim", out nint function))
            _ = ((delegate* unmanaged<nuint, int>)function)(0);
    }
}
