using System.Runtime.InteropServices;

namespace DRepMRec.Internals;

/// <summary>
/// The C allocator, from which libtorch takes the tensors of a step. glibc hands what a step frees back to the system, which clears every
/// page of it again for the next step: a fifth of the time of a step with content.
/// </summary>
/// <remarks>Elsewhere than on Linux with glibc, and where the environment has thresholds of its own, nothing is done.</remarks>
internal static unsafe class NativeHeap
{
    // <malloc.h>: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD.
    private const int TrimThreshold = -1;
    private const int MappedThreshold = -3;

    // The most that glibc takes for a mapped block; larger ones go back to the system as before.
    private const int LargestKept = 32 << 20;

    private static readonly Lazy<nint> Library = new(() => OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is null
        && Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null
        && NativeLibrary.TryLoad("libc.so.6", out nint library) ? library : 0);

    private static int _requests;

    /// <summary>How often <see cref="KeepFreed"/> was called.</summary>
    public static int Requests => Volatile.Read(ref _requests);

    /// <summary>From now on, freed blocks of up to 32 MB stay with the process.</summary>
    public static void KeepFreed()
    {
        Interlocked.Increment(ref _requests);
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
