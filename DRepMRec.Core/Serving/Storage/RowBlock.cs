using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>Rows of one width, one after the other at a fixed place: numbers, or bytes and a scale for each row.</summary>
internal sealed unsafe class RowBlock
{
    /// <summary>Rows of numbers.</summary>
    public RowBlock(Block<float> numbers, int width)
        => (Numbers, Width, Count) = (numbers, width, (int)(numbers.Length / Math.Max(1, width)));

    /// <summary>Rows of bytes.</summary>
    public RowBlock(Block<sbyte> bytes, Block<float> scales, int width)
        => (Bytes, Numbers, Width, Count) = (bytes, scales, width, (int)scales.Length);

    public int Width { get; }

    public int Count { get; }

    public RowPrecision Precision => Bytes is null ? RowPrecision.Single : RowPrecision.Int8;

    /// <summary>The bytes; <see langword="null"/> where rows are numbers.</summary>
    public Block<sbyte>? Bytes { get; }

    /// <summary>The numbers; where rows are bytes their scales.</summary>
    public Block<float> Numbers { get; }

    /// <summary>A row: where it lies, or a copy of what its bytes stand for.</summary>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            if (Bytes is null)
                return Numbers.Row(row, Width);
            var copy = new float[Width];
            Widen(row, copy);
            return copy;
        }
    }

    public void CopyTo(int row, Span<float> target)
    {
        if (Bytes is null)
            Numbers.Row(row, Width).CopyTo(target);
        else
            Widen(row, target);
    }

    /// <summary>Copies rows, one after the other.</summary>
    public void CopyTo(int first, int count, Span<float> target)
    {
        if (Bytes is null)
        {
            Numbers.Slice((long)first * Width, (long)count * Width).CopyTo(target);
            return;
        }

        for (int row = 0; row < count; row++)
            Widen(first + row, target.Slice(row * Width, Width));
    }

    /// <summary>Adds rows to others.</summary>
    public void AddTo(int first, int count, Span<float> target)
    {
        for (int row = 0; row < count; row++)
            TensorPrimitives.Add(target.Slice(row * Width, Width), this[first + row], target.Slice(row * Width, Width));
    }

    /// <summary>Writes a row of a block that is being filled.</summary>
    public void Set(int row, ReadOnlySpan<float> values)
    {
        if (Bytes is null)
            values.CopyTo(Numbers.Writable(row, Width));
        else
            Numbers.Writable(row, 1)[0] = ByteRows.Round(values, Bytes.Writable(row, Width));
    }

    /// <summary>Makes a row of a block that is being filled zeros.</summary>
    public void Clear(int row)
    {
        Bytes?.Writable(row, Width).Clear();
        (Bytes is null ? Numbers.Writable(row, Width) : Numbers.Writable(row, 1)).Clear();
    }

    /// <summary>The first rows, in the same memory.</summary>
    public RowBlock First(int count) => count == Count ? this
        : Bytes is null ? new RowBlock(Numbers.First((long)count * Width), Width)
        : new RowBlock(Bytes.First((long)count * Width), Numbers.First(count), Width);

    /// <summary>The same rows in memory of their own.</summary>
    public RowBlock To(RowPrecision precision)
    {
        RowBlock rows = Allocate(Count, Width, precision);
        Parallelism.ForRanges(Count, minimumPerThread: 256, (from, to) =>
        {
            for (int row = from; row < to; row++)
                rows.Set(row, this[row]);
        });
        GC.KeepAlive(this);
        return rows;
    }

    /// <summary>Memory for rows, which whoever asks for it fills.</summary>
    public static RowBlock Allocate(int count, int width, RowPrecision precision)
        => precision == RowPrecision.Single ? new RowBlock(Block<float>.Allocate((long)count * width), width)
            : new RowBlock(Block<sbyte>.Allocate((long)count * width), Block<float>.Allocate(count), width);

    /// <summary>Rows of memory of their own.</summary>
    public static RowBlock Copy(ReadOnlySpan<float> values, int width, RowPrecision precision)
    {
        if (precision == RowPrecision.Single)
            return new RowBlock(Block<float>.Copy(values), width);
        RowBlock rows = Allocate(values.Length / width, width, precision);
        for (int row = 0; row < rows.Count; row++)
            rows.Set(row, values.Slice(row * width, width));
        return rows;
    }

    private void Widen(int row, Span<float> target)
    {
        fixed (sbyte* bytes = Bytes!.Row(row, Width))
        fixed (float* numbers = target[..Width])
            ByteRows.Widen(bytes, Numbers[row], Width, numbers, SimdPaths.Best);
    }
}
