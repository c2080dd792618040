using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The header of a <c>.npy</c> file: the number type, the order and the shape.</summary>
/// <param name="Kind">'f' float, 'i' signed or 'u' unsigned integer.</param>
/// <param name="ItemSize">Bytes per number.</param>
/// <param name="BigEndian">Whether the highest byte comes first.</param>
/// <param name="FortranOrder">Whether the numbers stand column by column.</param>
/// <param name="Rows">The number of rows, at least 1.</param>
/// <param name="Columns">The number of columns, at least 1.</param>
internal readonly record struct NpyHeader(char Kind, int ItemSize, bool BigEndian, bool FortranOrder, int Rows, int Columns)
{
    private const int MaxHeaderBytes = 1 << 20;

    /// <summary>Reads the header and checks it against the file's length, before anything is allocated for the numbers.</summary>
    /// <param name="stream">The file, at its start; it stands at the first number afterwards.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <exception cref="DatasetFormatException">The header is malformed, isn't of a matrix of numbers, or doesn't fit the file.</exception>
    public static NpyHeader Read(Stream stream, string file)
    {
        var dictionary = new NpyHeaderText(ReadText(stream, file), file);
        dictionary.Parse();
        var (kind, size, bigEndian) = ParseType(dictionary.Type, file);
        if (dictionary.Shape.Count != 2)
        {
            throw new DatasetFormatException($"expected a matrix of shape (items, features), found the shape {Show(dictionary.Shape)}.",
                file);
        }

        if (dictionary.Shape.Any(d => d <= 0))
            throw new DatasetFormatException($"expected at least one row and one column, found the shape {Show(dictionary.Shape)}.", file);

        // Two positive 64-bit numbers: 128 bits hold their product, and the item size is at most 8.
        var (rows, columns) = (dictionary.Shape[0], dictionary.Shape[1]);
        UInt128 promised = (UInt128)rows * (UInt128)columns;
        long found = stream.Length - stream.Position;
        if (promised > (UInt128)long.MaxValue / 8 || (long)promised * size != found)
        {
            string bytes = promised > (UInt128)long.MaxValue / 8 ? "more bytes than any file has" : $"{(long)promised * size} bytes";
            throw new DatasetFormatException(
                $"expected {bytes} of numbers for the shape {Show(dictionary.Shape)} "
                + $"of type {Shown.Text(dictionary.Type)}, found {found}.", file);
        }

        if (promised > (UInt128)Array.MaxLength)
        {
            throw new DatasetFormatException($"expected at most {Array.MaxLength} numbers, found the shape {Show(dictionary.Shape)}.",
                file);
        }

        return new NpyHeader(kind, size, bigEndian, dictionary.FortranOrder, (int)rows, (int)columns);
    }

    private static string ReadText(Stream stream, string file)
    {
        Span<byte> start = stackalloc byte[12];
        int read = stream.ReadAtLeast(start[..8], 8, throwOnEndOfStream: false);
        if (read < 8 || start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
        {
            throw new DatasetFormatException(
                "expected a .npy file, which begins with the bytes 93 'NUMPY' and a version; found another beginning.", file);
        }

        var (major, minor) = (start[6], start[7]);
        if (major is < 1 or > 3 || minor != 0)
            throw new DatasetFormatException($"expected .npy version 1.0, 2.0 or 3.0, found {major}.{minor}.", file);

        int lengthBytes = major == 1 ? 2 : 4;
        if (stream.ReadAtLeast(start.Slice(8, lengthBytes), lengthBytes, throwOnEndOfStream: false) < lengthBytes)
            throw new DatasetFormatException("expected the length of the header, found the end of the file.", file);
        long length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        long rest = stream.Length - stream.Position;
        if (length > rest || length > MaxHeaderBytes)
        {
            throw new DatasetFormatException(
                $"expected a header of {length} bytes as the file announces, found "
                + $"{(length > rest ? $"{rest} bytes to the end of the file" : $"a limit of {MaxHeaderBytes}")}.", file);
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return (major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
    }

    private static (char Kind, int Size, bool BigEndian) ParseType(string type, string file)
    {
        bool known = type is [var order and ('<' or '>' or '|' or '='), var kind, var digit]
            && kind switch { 'f' => digit is '2' or '4' or '8', 'i' or 'u' => digit is '1' or '2' or '4' or '8', _ => false }
            && (order != '|' || digit == '1');
        if (!known)
        {
            throw new DatasetFormatException(
                $"expected numbers of type f2, f4, f8, i1 to i8 or u1 to u8, found the type {Shown.Text(type)}.", file);
        }

        return (type[1], type[2] - '0', type[0] == '>' || (type[0] == '=' && !BitConverter.IsLittleEndian));
    }

    private static string Show(IReadOnlyList<long> shape)
        => $"({string.Join(", ", shape.Select(d => d.ToString(CultureInfo.InvariantCulture)))}{(shape.Count == 1 ? "," : "")})";
}
