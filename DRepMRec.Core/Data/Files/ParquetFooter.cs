using System.Buffers.Binary;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Looks through the footer of a Parquet file, in Thrift's compact protocol, before somebody believes it: lists that say they have more
/// elements than there are bytes would be read for minutes.
/// </summary>
internal ref struct ParquetFooter
{
    private const int TailBytes = 8, MaxDepth = 32, MaxFooterBytes = 256 << 20;
    private ReadOnlySpan<byte> _rest;

    /// <exception cref="FormatException">The footer isn't one.</exception>
    public static void ThrowIfUnsound(Stream stream)
    {
        if (stream.Length < TailBytes + 4)
            throw new FormatException($"a file of {stream.Length} bytes");
        Span<byte> tail = stackalloc byte[TailBytes];
        stream.Seek(-TailBytes, SeekOrigin.End);
        stream.ReadExactly(tail);
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (length < 0 || length > Math.Min(MaxFooterBytes, stream.Length - TailBytes))
            throw new FormatException($"a footer of {length} bytes in a file of {stream.Length}");
        byte[] bytes = Allocations.Array<byte>(length);
        stream.Seek(-TailBytes - length, SeekOrigin.End);
        stream.ReadExactly(bytes);
        stream.Seek(0, SeekOrigin.Begin);
        var footer = new ParquetFooter { _rest = bytes };
        footer.SkipStruct(0);
    }

    private void SkipStruct(int depth)
    {
        for (byte head = Next(); head != 0; head = Next())
        {
            if (head >> 4 == 0)
                Varint(); // The number of the field stands by itself.
            if ((head & 15) is not (1 or 2))
                Skip(head & 15, depth + 1); // Of a truth value the type is the value.
        }
    }

    private void Skip(int type, int depth)
    {
        if (depth > MaxDepth)
            throw new FormatException("a footer that is nested too deeply");
        switch (type)
        {
            case 1 or 2 or 3:
                Take(1);
                break;
            case 4 or 5 or 6:
                Varint();
                break;
            case 7:
                Take(sizeof(double));
                break;
            case 8:
                Take(Varint());
                break;
            case 9 or 10:
                byte head = Next();
                Repeat(head >> 4 == 15 ? Varint() : (ulong)(head >> 4), depth, head & 15);
                break;
            case 11:
                ulong count = Varint();
                byte types = count == 0 ? (byte)0 : Next();
                Repeat(count, depth, types >> 4, types & 15);
                break;
            case 12:
                SkipStruct(depth);
                break;
            default:
                throw new FormatException($"a footer with a value of type {type}");
        }
    }

    private void Repeat(ulong count, int depth, params ReadOnlySpan<int> types)
    {
        // An element takes a byte at least.
        if (count > (ulong)_rest.Length)
            throw new FormatException($"a footer with a list of {count} elements in {_rest.Length} bytes");
        for (ulong n = 0; n < count; n++)
        {
            foreach (int type in types)
                Skip(type, depth + 1);
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Next();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }

        throw new FormatException("a footer with a number of more than 64 bits");
    }

    private byte Next()
    {
        Take(1, out byte first);
        return first;
    }

    private void Take(ulong bytes) => Take(bytes, out _);

    private void Take(ulong bytes, out byte first)
    {
        if (bytes > (ulong)_rest.Length)
            throw new FormatException("a footer that ends too early");
        first = _rest.IsEmpty ? (byte)0 : _rest[0];
        _rest = _rest[(int)bytes..];
    }
}
