using System.Buffers.Binary;

namespace DRepMRec.Internals.NativeLoading;

/// <summary>Little-endian reads that name what they were after when it lies outside the file.</summary>
internal readonly ref struct ElfBytes(ReadOnlySpan<byte> file)
{
    private readonly ReadOnlySpan<byte> _file = file;

    public ulong Length => (ulong)_file.Length;

    public ReadOnlySpan<byte> Slice(ulong offset, ulong size, string what)
    {
        if (offset > Length || size > Length - offset)
            throw new ElfFormatException($"{what} should be {size} bytes at offset {offset}, but the file ends at {Length}.");
        return _file.Slice((int)offset, (int)size);
    }

    public ushort UInt16(ulong offset, string what) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offset, sizeof(ushort), what));

    public uint UInt32(ulong offset, string what) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, sizeof(uint), what));

    public ulong UInt64(ulong offset, string what) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offset, sizeof(ulong), what));
}
