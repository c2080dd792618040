using System.Runtime.InteropServices;

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
            _start = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, length));
            _length = length;
        }

        return _start;
    }

    public void Free()
    {
        NativeMemory.Free(_start);
        _start = null;
        _length = 0;
    }
}
