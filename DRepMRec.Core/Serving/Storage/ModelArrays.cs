using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>The arrays of a model file by name, mapped or read, each checked for its type and shape.</summary>
internal sealed class ModelArrays
{
    private const int BufferBytes = 1 << 16;
    private readonly IReadOnlyList<SafeTensorPlace> _inOrder;
    private readonly Dictionary<string, SafeTensorPlace> _places;
    private readonly Dictionary<string, (object Block, Action<IncrementalHash> AppendTo)> _read = [];
    private readonly MappedFile? _mapped;
    private readonly WatchedFile _stream;

    /// <param name="stream">The file.</param>
    /// <param name="places">Where its arrays lie, one behind the other.</param>
    /// <param name="memoryMap">Whether they are mapped.</param>
    public ModelArrays(WatchedFile stream, IReadOnlyList<SafeTensorPlace> places, bool memoryMap)
    {
        _stream = stream;
        _inOrder = places;
        _places = places.ToDictionary(p => p.Name);
        _mapped = memoryMap ? new MappedFile(stream) : null;
    }

    public bool Has(string name) => _places.ContainsKey(name);

    /// <summary>An array of a shape; without a shape, of one dimension and any length.</summary>
    /// <exception cref="FormatException">It's missing or something else.</exception>
    public Block<T> Get<T>(string name, params long[] shape) where T : unmanaged
    {
        if (!_places.TryGetValue(name, out SafeTensorPlace? place))
            throw new FormatException($"the array '{name}' is missing");
        string type = SafeTensor.TypeName<T>(), expected = shape.Length == 0 ? "n" : string.Join(", ", shape);
        if (place.Type != type || place.Shape.Length != Math.Max(1, shape.Length)
            || (shape.Length > 0 && !place.Shape.SequenceEqual(shape)))
        {
            string found = Shown.List(place.Shape);
            throw new FormatException($"expected the array '{name}' as {type} [{expected}], it is {place.Type} [{found}]");
        }

        long length = place.Bytes / Marshal.SizeOf<T>();
        if (_mapped is not null && place.Offset % Marshal.SizeOf<T>() == 0)
            return Block<T>.Of(_mapped, place.Offset, length);
        if (_read.TryGetValue(name, out var before))
            return (Block<T>)before.Block;
        if (length > Array.MaxLength)
            throw new FormatException($"the array '{name}' has {length} elements, more than fit without memory-mapping");
        Block<T> block = Block<T>.Read(_stream, place.Offset, (int)length);
        _read[name] = (block, block.AppendTo);
        return block;
    }

    /// <summary>
    /// The SHA-256 of all arrays in the order of the file: of what was read as it is in memory, whatever the file has become since, of all
    /// else as it is in the file.
    /// </summary>
    public string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        foreach (SafeTensorPlace place in _inOrder)
        {
            if (_read.TryGetValue(place.Name, out var read))
            {
                read.AppendTo(hash);
                continue;
            }

            _stream.Seek(place.Offset, SeekOrigin.Begin);
            for (long left = place.Bytes; left > 0;)
            {
                Span<byte> next = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
                _stream.ReadExactly(next);
                hash.AppendData(next);
                left -= next.Length;
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Rows of numbers or, where the array has bytes, of these and their scales.</summary>
    public RowStore Rows(string name, int count, int width)
        => new(_places.TryGetValue(name, out SafeTensorPlace? place) && place.Type == SafeTensor.TypeName<sbyte>()
            ? new RowBlock(Get<sbyte>(name, count, width), Get<float>(ScalesOf(name), count), width)
            : new RowBlock(Get<float>(name, count, width), width), count);

    /// <summary>The array with the scales of rows of bytes.</summary>
    public static string ScalesOf(string name) => $"scales.{name}";
}
