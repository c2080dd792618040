using System.Buffers;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Internals;

/// <summary>The elements of a tensor as bytes, for files: read where they lie, without a copy of those on the CPU.</summary>
internal static class TensorBytes
{
    /// <summary>The most bytes of one array.</summary>
    public const long Limit = int.MaxValue;

    /// <summary>A tensor under a name. Valid as long as the dispose scope that is open, and as the tensor isn't changed.</summary>
    /// <exception cref="InvalidOperationException">It has more bytes than <see cref="Limit"/>.</exception>
    public static SafeTensor Of(string name, Tensor tensor)
    {
        if (TooLarge(name, tensor) is { } reason)
            throw new InvalidOperationException($"{reason}.");
        Tensor plain = tensor.detach().cpu().contiguous();
        return new SafeTensor(name, TypeName(plain.dtype), plain.shape, new Memory(plain).Memory);
    }

    /// <summary>Whether a stored array has the type and the shape of a tensor.</summary>
    /// <param name="stored">The array.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="whole">The shape of the whole table where the tensor is a part of it; otherwise <see langword="null"/>.</param>
    public static bool Fits(SafeTensor stored, Tensor tensor, long[]? whole = null)
        => stored.Type == TypeName(tensor.dtype) && stored.Shape.AsSpan().SequenceEqual(whole ?? tensor.shape);

    /// <summary>The type and the shape of a tensor, such as "F32 [10, 4]".</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="whole">The shape of the whole table where the tensor is a part of it; otherwise <see langword="null"/>.</param>
    public static string Describe(Tensor tensor, long[]? whole = null)
        => $"{TypeName(tensor.dtype)} [{string.Join(", ", whole ?? tensor.shape)}]";

    /// <summary>What to say of a tensor that is too large for one array; <see langword="null"/> where it isn't.</summary>
    /// <param name="name">The array's name.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="whole">The shape of the whole table where the tensor is a part of it; otherwise <see langword="null"/>.</param>
    /// <param name="limit">The most bytes.</param>
    public static string? TooLarge(string name, Tensor tensor, long[]? whole = null, long limit = Limit)
    {
        long bytes = (whole ?? tensor.shape).Aggregate(tensor.ElementSize, (product, size) => product * size);
        return bytes <= limit ? null : FormattableString.Invariant(
            $"The array {Shown.Text(name)}, {Describe(tensor, whole)}, has {bytes:N0} bytes, more than the {limit:N0} of one array");
    }

    /// <summary>Appends the bytes of a tensor's elements, slice by slice: those of a large one are more than a span has.</summary>
    /// <param name="hash">What they are appended to.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="sliceBytes">The most bytes of a slice, but an element at least; the hash doesn't depend on it.</param>
    public static void AppendElements(this IncrementalHash hash, Tensor tensor, long sliceBytes = Limit)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor elements = tensor.detach().cpu().contiguous().reshape(-1);
        long count = elements.numel(), most = Math.Max(1, sliceBytes / elements.ElementSize);
        for (long first = 0; first < count; first += most)
            hash.AppendData(elements.narrow(0, first, Math.Min(most, count - first)).bytes);
    }

    /// <summary>Puts stored elements into a tensor that they fit, wherever it lives.</summary>
    /// <exception cref="ArgumentException">They are of another type or shape.</exception>
    public static void CopyTo(SafeTensor stored, Tensor tensor)
    {
        if (!Fits(stored, tensor))
        {
            throw new ArgumentException(
                $"Expected {Describe(tensor)}, got {stored.Type} [{string.Join(", ", stored.Shape)}].", nameof(stored));
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor elements = empty(tensor.shape, tensor.dtype, CPU);
        stored.Data.Span.CopyTo(elements.bytes);
        tensor.copy_(elements);
    }

    private static string TypeName(ScalarType type) => type switch
    {
        ScalarType.Float32 => "F32",
        ScalarType.Float64 => "F64",
        ScalarType.Float16 => "F16",
        ScalarType.BFloat16 => "BF16",
        ScalarType.Int64 => "I64",
        ScalarType.Int32 => "I32",
        ScalarType.Int16 => "I16",
        ScalarType.Int8 => "I8",
        ScalarType.Byte => "U8",
        ScalarType.Bool => "BOOL",
        _ => throw new NotSupportedException($"Tensors of type {type} can't be kept in a file."),
    };

    private sealed unsafe class Memory(Tensor tensor) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => tensor.bytes;

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            fixed (byte* start = GetSpan())
                return new MemoryHandle(start + elementIndex, default, this);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
