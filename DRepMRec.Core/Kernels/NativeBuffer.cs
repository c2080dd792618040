using DRepMRec.Internals;

namespace DRepMRec.Kernels;

/// <summary>Memory for floats that stays where it is until more is asked for, and begins at a cache line.</summary>
/// <remarks>Not safe for use by many threads.</remarks>
internal sealed unsafe class NativeBuffer
{
    private float* _start;
    private long _length;

    ~NativeBuffer() => Free();

    /// <summary>The start of at least <paramref name="length"/> floats. When the memory has to grow, its contents are lost.</summary>
    public float* EnsureCapacity(long length)
    {
        if (length > _length)
        {
            Free();
            _start = Allocations.Floats(length);
            _length = length;
        }

        return _start;
    }

    /// <summary>Gives the memory back; it is made anew when asked for.</summary>
    public void Free()
    {
        Allocations.Free(_start);
        _start = null;
        _length = 0;
    }
}
