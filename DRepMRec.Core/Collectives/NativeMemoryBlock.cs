using DRepMRec.Internals;

namespace DRepMRec.Collectives;

/// <summary>Memory that no collector moves, kept from exchange to exchange.</summary>
internal sealed unsafe class NativeMemoryBlock
{
    private byte* _start;
    private long _length;

    public byte* EnsureCapacity(long length)
    {
        if (length > _length || _start == null)
        {
            Free();
            _start = (byte*)Allocations.Floats((Math.Max(1, length) + sizeof(float) - 1) / sizeof(float));
            _length = length;
        }

        return _start;
    }

    public void Free()
    {
        Allocations.Free(_start);
        _start = null;
        _length = 0;
    }
}
