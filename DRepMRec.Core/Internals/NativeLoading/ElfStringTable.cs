using System.Text;

namespace DRepMRec.Internals.NativeLoading;

/// <summary>The names of symbols, files and versions.</summary>
internal readonly ref struct ElfStringTable
{
    private const int MaxShown = 80;

    private readonly ReadOnlySpan<byte> _bytes;

    public ElfStringTable(ElfImage image)
    {
        ulong size = image.Dynamic(ElfTag.StringTableSize);
        _bytes = image.Bytes.Slice(image.OffsetOf(image.Dynamic(ElfTag.StringTable), size, "The string table"), size, "The string table");
    }

    public bool Holds(uint index, string name)
    {
        ReadOnlySpan<byte> rest = From(index);
        return rest.Length > name.Length && rest[name.Length] == 0 && Ascii.Equals(rest[..name.Length], name);
    }

    /// <summary>The name as text for a message or a number: ASCII and cut when it is long.</summary>
    public string Show(uint index)
    {
        ReadOnlySpan<byte> rest = From(index);
        int end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(rest[..Math.Min(end < 0 ? rest.Length : end, MaxShown)]);
    }

    private ReadOnlySpan<byte> From(uint index) => index < (uint)_bytes.Length
        ? _bytes[(int)index..]
        : throw new ElfFormatException($"A name should lie in the string table of {_bytes.Length} bytes, but is at {index}.");
}
