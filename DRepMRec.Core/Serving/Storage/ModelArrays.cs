using System.Runtime.InteropServices;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>The arrays of a model file by name, mapped or read, each checked for its type and shape.</summary>
internal sealed class ModelArrays
{
    private readonly Dictionary<string, SafeTensorPlace> _places;
    private readonly MappedFile? _mapped;
    private readonly WatchedFile _stream;

    public ModelArrays(WatchedFile stream, IReadOnlyList<SafeTensorPlace> places, bool memoryMap)
    {
        _stream = stream;
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
        if (length > Array.MaxLength)
            throw new FormatException($"the array '{name}' has {length} elements, more than fit without memory-mapping");
        return Block<T>.Read(_stream, place.Offset, (int)length);
    }

    /// <summary>Rows of numbers or, where the array has bytes, of these and their scales.</summary>
    public RowStore Rows(string name, int count, int width)
        => new(_places.TryGetValue(name, out SafeTensorPlace? place) && place.Type == SafeTensor.TypeName<sbyte>()
            ? new RowBlock(Get<sbyte>(name, count, width), Get<float>(ScalesOf(name), count), width)
            : new RowBlock(Get<float>(name, count, width), width), count);

    /// <summary>The array with the scales of rows of bytes.</summary>
    public static string ScalesOf(string name) => $"scales.{name}";
}
