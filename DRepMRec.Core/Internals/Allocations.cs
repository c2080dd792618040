using System.Runtime.InteropServices;

namespace DRepMRec.Internals;

/// <summary>The large pieces of memory that the library asks for itself, so that tests can let each of them be refused in turn.</summary>
internal static unsafe class Allocations
{
    private const nuint CacheLine = 64;

    /// <summary>Called before each, with the number of bytes; what it throws is the refusal. For tests alone.</summary>
    public static Action<long>? Before { get; set; }

    /// <summary>Native memory for floats from a cache line on, to be given back by <see cref="Free"/>. Its contents are anything.</summary>
    /// <exception cref="OutOfMemoryException">There isn't as much.</exception>
    public static float* Floats(long count)
    {
        Before?.Invoke(count * sizeof(float));
        return (float*)NativeMemory.AlignedAlloc(checked((nuint)count * sizeof(float)), CacheLine);
    }

    public static void Free(void* start) => NativeMemory.AlignedFree(start);

    /// <summary>An array that no collector moves. Its contents are anything.</summary>
    /// <exception cref="OutOfMemoryException">There isn't as much.</exception>
    public static T[] Pinned<T>(int length) where T : unmanaged
    {
        Before?.Invoke((long)length * sizeof(T));
        return GC.AllocateUninitializedArray<T>(length, pinned: true);
    }

    /// <summary>An array of zeros that may be large.</summary>
    /// <exception cref="OutOfMemoryException">There isn't as much.</exception>
    public static T[] Array<T>(long length) where T : unmanaged
    {
        Before?.Invoke(length * sizeof(T));
        return new T[length];
    }
}
