using System.Runtime.InteropServices;

namespace DRepMRec.Kernels;

/// <summary>Room for numbers that keeps its place, begins at a cache line, and grows when more is asked for; the old contents are then lost.</summary>
/// <remarks>Not safe for use by many threads.</remarks>
internal sealed unsafe class NativeBuffer
{
    private const int Alignment = 64;
    private float* _start;
    private long _length;

    ~NativeBuffer() => Free();

    /// <summary>At least <paramref name="length"/> numbers.</summary>
    public float* Of(long length)
    {
        if (length > _length)
        {
            Free();
            _start = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), Alignment);
            _length = length;
        }

        return _start;
    }

    /// <summary>Gives the room back; it is made anew when asked for.</summary>
    public void Free()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
        _length = 0;
    }
}
