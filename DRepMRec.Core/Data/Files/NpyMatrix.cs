using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>A matrix from or for a <c>.npy</c> file, in single precision and row by row.</summary>
/// <param name="Rows">The number of rows, at least 1.</param>
/// <param name="Columns">The number of columns, at least 1.</param>
/// <param name="Values">Rows * Columns values.</param>
internal readonly record struct NpyMatrix(int Rows, int Columns, float[] Values)
{
    private const int BlockLength = 1 << 16;

    /// <summary>Reads a file of any number type, byte order, memory order and version.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DatasetFormatException">The file isn't a matrix of numbers, or hasn't the length that its header says.</exception>
    public static NpyMatrix Read(string path)
    {
        using WatchedFile stream = Files.OpenRead(path, options: FileOptions.SequentialScan);
        return Read(stream, Path.GetFileName(path));
    }

    /// <summary>Reads a seekable stream; see <see cref="Read(string)"/>.</summary>
    public static NpyMatrix Read(Stream stream, string file)
    {
        NpyHeader header = NpyHeader.Read(stream, file);
        var (rows, columns) = (header.Rows, header.Columns);
        float[] values = Allocations.Array<float>(rows * columns);
        var bytes = new byte[Math.Min(values.Length, BlockLength) * header.ItemSize];
        float[] column = header.FortranOrder ? new float[Math.Min(values.Length, BlockLength)] : [];
        for (int start = 0, length; start < values.Length; start += length)
        {
            length = Math.Min(BlockLength, values.Length - start);
            Span<byte> block = bytes.AsSpan(0, length * header.ItemSize);
            stream.ReadExactly(block);
            if (header.BigEndian)
                ReverseNumbers(block, header.ItemSize);
            if (!header.FortranOrder)
            {
                Convert(block, header, values.AsSpan(start, length));
                continue;
            }

            Convert(block, header, column.AsSpan(0, length));
            for (int i = 0; i < length; i++)
            {
                var (c, r) = Math.DivRem(start + i, rows);
                values[((long)r * columns) + c] = column[i];
            }
        }

        return new NpyMatrix(rows, columns, values);
    }

    /// <summary>Writes a version 1.0 file of little-endian single precision, row by row.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">Rows * columns values.</param>
    public static void Write(Stream stream, int rows, int columns, ReadOnlySpan<float> values)
    {
        string header = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        int length = ((10 + header.Length + 1 + 63) / 64 * 64) - 10; // The numbers begin at a multiple of 64.
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + '\n'));
        var bytes = new byte[Math.Min(values.Length, BlockLength) * sizeof(float)];
        for (int start = 0, count; start < values.Length; start += count)
        {
            count = Math.Min(BlockLength, values.Length - start);
            ReadOnlySpan<float> block = values.Slice(start, count);
            for (int i = 0; i < block.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), block[i]);
            stream.Write(bytes, 0, count * sizeof(float));
        }
    }

    private static void ReverseNumbers(Span<byte> bytes, int size)
    {
        for (int i = 0; size > 1 && i < bytes.Length; i += size)
            bytes.Slice(i, size).Reverse();
    }

    private static void Convert(ReadOnlySpan<byte> bytes, NpyHeader header, Span<float> values)
    {
        switch (header.Kind, header.ItemSize)
        {
            case ('f', 4) when BitConverter.IsLittleEndian: bytes.CopyTo(MemoryMarshal.AsBytes(values)); break;
            case ('f', 2): ForEach(bytes, 2, values, static b => (float)BinaryPrimitives.ReadHalfLittleEndian(b)); break;
            case ('f', 4): ForEach(bytes, 4, values, static b => BinaryPrimitives.ReadSingleLittleEndian(b)); break;
            case ('f', 8): ForEach(bytes, 8, values, static b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b)); break;
            case ('i', 1): ForEach(bytes, 1, values, static b => (sbyte)b[0]); break;
            case ('i', 2): ForEach(bytes, 2, values, static b => BinaryPrimitives.ReadInt16LittleEndian(b)); break;
            case ('i', 4): ForEach(bytes, 4, values, static b => BinaryPrimitives.ReadInt32LittleEndian(b)); break;
            case ('i', 8): ForEach(bytes, 8, values, static b => BinaryPrimitives.ReadInt64LittleEndian(b)); break;
            case ('u', 1): ForEach(bytes, 1, values, static b => b[0]); break;
            case ('u', 2): ForEach(bytes, 2, values, static b => BinaryPrimitives.ReadUInt16LittleEndian(b)); break;
            case ('u', 4): ForEach(bytes, 4, values, static b => BinaryPrimitives.ReadUInt32LittleEndian(b)); break;
            default: ForEach(bytes, 8, values, static b => BinaryPrimitives.ReadUInt64LittleEndian(b)); break;
        }
    }

    private static void ForEach(ReadOnlySpan<byte> bytes, int size, Span<float> values, Func<ReadOnlySpan<byte>, float> read)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = read(bytes.Slice(i * size, size));
    }
}
