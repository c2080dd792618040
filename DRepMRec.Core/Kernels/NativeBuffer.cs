using System.Runtime.InteropServices;

namespace DRepMRec.Kernels;

/// <summary>Memory for floats that stays where it is until more is asked for, and begins at a cache line.</summary>
/// <remarks>Not safe for use by many threads.</remarks>
internal sealed unsafe class NativeBuffer
{
    private const int Alignment = 64;
    private float* _start;
    private long _length;

    ~NativeBuffer() => Free();

    /// <summary>The start of at least <paramref name="length"/> floats. When the memory has to grow, its contents are lost.</summary>
    public float* EnsureCapacity(long length)
    {
        if (length > _length)
        {
            Free();
            _start = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), Alignment);
            _length = length;
        }

        return _start;
    }

    /// <summary>Gives the memory back; it is made anew when asked for.</summary>
    public void Free()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
        _length = 0;
    }
}
