using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Numbers at a fixed place in memory, a pinned array or a part of a mapped file. Every access is checked.</summary>
/// <remarks>A span doesn't keep the memory of a mapped file alive; whoever takes one keeps the block alive until it's done.</remarks>
internal sealed unsafe class Block<T> where T : unmanaged
{
    private const int SliceLength = 1 << 20;
    private readonly object _owner;
    private readonly T* _first;

    private Block(object owner, T* first, long length)
    {
        _owner = owner;
        _first = first;
        Length = length;
    }

    public static Block<T> Empty { get; } = Copy([]);

    public long Length { get; }

    /// <summary>The first element; valid while the block is alive.</summary>
    public T* Pointer => _first;

    public T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)Length)
                ThrowOutOfRange(index);
            return _first[index];
        }
    }

    /// <summary>A block of its own memory.</summary>
    public static Block<T> Copy(ReadOnlySpan<T> values)
    {
        T[] pinned = Allocations.Pinned<T>(values.Length);
        values.CopyTo(pinned);
        return Adopt(pinned);
    }

    /// <summary>A block of its own memory, which whoever asks for it fills before anybody else sees it.</summary>
    /// <param name="length">The number of elements, at most as many as an array has.</param>
    public static Block<T> Allocate(long length) => length <= Array.MaxLength
        ? Adopt(Allocations.Pinned<T>((int)length))
        : throw new InvalidOperationException($"{length} elements are more than one array holds.");

    /// <summary>The first elements, in the same memory.</summary>
    public Block<T> First(long length) => length == Length ? this : new Block<T>(_owner, _first, Math.Min(length, Length));

    /// <summary>A part of a file, read now.</summary>
    /// <param name="file">The file.</param>
    /// <param name="byteOffset">Where the part begins.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="sliceLength">How many are read at once.</param>
    public static Block<T> Read(Stream file, long byteOffset, int length, int sliceLength = SliceLength)
    {
        T[] pinned = Allocations.Pinned<T>(length);
        file.Seek(byteOffset, SeekOrigin.Begin);
        for (Span<T> rest = pinned; !rest.IsEmpty;)
        {
            // No one span has the bytes of more than 2 GB.
            Span<T> next = rest[..Math.Min(rest.Length, sliceLength)];
            file.ReadExactly(MemoryMarshal.AsBytes(next));
            rest = rest[next.Length..];
        }

        return Adopt(pinned);
    }

    private static Block<T> Adopt(T[] pinned)
        => new(pinned, (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)), pinned.Length);

    /// <summary>A part of a mapped file, whose bounds the caller has checked.</summary>
    public static Block<T> Of(MappedFile file, long byteOffset, long length) => new(file, (T*)(file.Pointer + byteOffset), length);

    public ReadOnlySpan<T> Slice(long start, long length)
    {
        if (start < 0 || length < 0 || length > Array.MaxLength || start > Length - length)
            ThrowOutOfRange(start, length);
        return new ReadOnlySpan<T>(_first + start, (int)length);
    }

    /// <summary>Adds the bytes to a hash.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        for (long from = 0; from < Length; from += SliceLength)
            hash.AppendData(MemoryMarshal.AsBytes(Slice(from, Math.Min(SliceLength, Length - from))));
        GC.KeepAlive(this);
    }

    /// <summary>A row of a matrix in a block that is being filled.</summary>
    public Span<T> Writable(long row, int width)
    {
        Slice(row * width, width);
        return new Span<T>(_first + (row * width), width);
    }

    /// <summary>A row of a matrix.</summary>
    public ReadOnlySpan<T> Row(long row, int width) => Slice(row * width, width);

    [DoesNotReturn]
    private void ThrowOutOfRange(long index)
        => throw new ModelFileException($"The model is damaged: it refers to element {index} of an array of {Length}.");

    [DoesNotReturn]
    private void ThrowOutOfRange(long start, long length)
        => throw new ModelFileException(
            $"The model is damaged: it refers to elements {start} to {start + length} of an array of {Length}.");
}
