using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DRepMRec.Internals;

/// <summary>An array of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Such as F32, I32, I64 or U8.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Data">Its elements as little-endian bytes.</param>
internal sealed record SafeTensor(string Name, string Type, long[] Shape, ReadOnlyMemory<byte> Data)
{
    public static SafeTensor Of<T>(string name, T[] values, params long[] shape) where T : unmanaged
        => new(name, TypeName<T>(), shape.Length == 0 ? [values.Length] : shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>This array for a writer that takes arrays of any size.</summary>
    public SafeTensorSource ToSource() => new(Name, Type, Shape, stream => stream.Write(Data.Span));

    public static string TypeName<T>()
        => typeof(T) == typeof(float) ? "F32" : typeof(T) == typeof(double) ? "F64" : typeof(T) == typeof(int) ? "I32"
            : typeof(T) == typeof(long) ? "I64" : typeof(T) == typeof(sbyte) ? "I8" : "U8";
}

/// <summary>An array to write, of any size.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">F32, I32, I64, I8 or U8.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Write">Writes its elements as little-endian bytes, as many as type and shape say.</param>
internal sealed record SafeTensorSource(string Name, string Type, long[] Shape, Action<Stream> Write)
{
    public long ByteCount => Shape.Aggregate((long)Safetensors.ElementBytes(Type), (bytes, size) => checked(bytes * size));
}

/// <summary>Where an array lies in a file. The bytes are known to be there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">F32, I32, I64, I8 or U8.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Offset">The first byte, counted from the beginning of the file.</param>
/// <param name="Bytes">The number of bytes.</param>
internal sealed record SafeTensorPlace(string Name, string Type, long[] Shape, long Offset, long Bytes);

/// <summary>
/// The safetensors format (huggingface.co/docs/safetensors): 8 bytes length of the header, little endian; the header, JSON; the arrays, one
/// after the other. Nothing in it can be executed.
/// </summary>
internal static class Safetensors
{
    public const int MaxHeaderBytes = 100_000_000;
    private const string MetadataKey = "__metadata__";

    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensor> tensors)
        => Write(stream, metadata, [.. tensors.Select(t => t.ToSource())]);

    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensorSource> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (SafeTensorSource tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.ByteCount);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces behind the header make the arrays begin at a multiple of 64 bytes, a cache line.
        while ((8 + buffer.Length) % 64 != 0)
            buffer.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, buffer.Length);
        stream.Write(length);
        buffer.WriteTo(stream);
        foreach (SafeTensorSource tensor in tensors)
            tensor.Write(stream);
    }

    /// <summary>Reads a file. Nothing is allocated for an array before its bytes are known to be there.</summary>
    /// <exception cref="SafetensorsException">The file breaks the format.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, SafeTensor> Tensors) Read(
        Stream stream, string file)
    {
        var (metadata, places) = ReadHeader(stream, file);
        var tensors = new Dictionary<string, SafeTensor>();
        foreach (SafeTensorPlace place in places)
        {
            if (place.Bytes > Array.MaxLength)
                throw new SafetensorsException($"{Shown.Name(file)}: array {Shown.Text(place.Name)} has {place.Bytes} bytes, more than are "
                    + "read at once.");
            byte[] data = Allocations.Array<byte>(place.Bytes);
            stream.ReadExactly(data);
            tensors[place.Name] = new SafeTensor(place.Name, place.Type, place.Shape, data);
        }

        return (metadata, tensors);
    }

    /// <summary>Reads the header and leaves the stream where the arrays begin, which fill the file without a gap, in this order.</summary>
    /// <exception cref="SafetensorsException">The file breaks the format.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafeTensorPlace> Places) ReadHeader(
        Stream stream, string file)
    {
        long fileLength = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        if (fileLength < 8)
            throw Truncated(file, "at least 8", fileLength);
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaxHeaderBytes)
            throw new SafetensorsException($"{Shown.Name(file)}: expected a safetensors file, whose header has at most {MaxHeaderBytes} "
                + $"bytes; its first bytes say {headerLength}.");
        if ((long)headerLength > fileLength - 8)
            throw Truncated(file, $"at least {8 + headerLength}", fileLength);
        var header = new byte[headerLength];
        stream.ReadExactly(header);

        try
        {
            using JsonDocument json = JsonDocument.Parse(
                header, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return ReadPlaces(file, json.RootElement, 8 + (long)headerLength, fileLength);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException
            or FormatException and not SafetensorsException)
        {
            throw new SafetensorsException(
                $"{Shown.Name(file)}: the header isn't that of a safetensors file: {Shown.Message(e.Message)}", e);
        }
    }

    private static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafeTensorPlace> Places) ReadPlaces(
        string file, JsonElement root, long dataStart, long fileLength)
    {
        long dataLength = fileLength - dataStart;
        var metadata = new Dictionary<string, string>();
        var found = new List<(string Name, string Type, long[] Shape, long Begin, long End)>();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                    metadata[entry.Name] = entry.Value.GetString()
                        ?? throw new FormatException($"the metadata {Shown.Text(entry.Name)} isn't a string");
                continue;
            }

            JsonElement offsets = Member(property, "data_offsets");
            if (offsets.GetArrayLength() != 2)
                throw new FormatException($"array {Shown.Text(property.Name)} has {offsets.GetArrayLength()} offsets instead of 2");
            string type = Member(property, "dtype").GetString() ?? "";
            long[] shape = [.. Member(property, "shape").EnumerateArray().Select(s => s.GetInt64())];
            found.Add((property.Name, type, shape, offsets[0].GetInt64(), offsets[1].GetInt64()));
        }

        long promised = found.Count == 0 ? 0 : found.Max(p => p.End);
        if (promised > dataLength)
            throw Truncated(file, $"{(decimal)dataStart + promised}", fileLength);
        var places = new List<SafeTensorPlace>();
        long expected = 0;
        foreach (var (name, type, shape, begin, end) in found.OrderBy(p => p.Begin).ThenBy(p => p.End))
        {
            long bytes = ByteCount(type, shape, dataLength);
            if (begin != expected || end - begin != bytes)
            {
                throw new SafetensorsException(
                    $"{Shown.Name(file)}: array {Shown.Text(name)} of {type} [{Shown.List(shape)}] must lie at "
                    + $"{expected} to {expected + bytes} of {dataLength} bytes; its offsets are {begin} to {end}.");
            }

            places.Add(new SafeTensorPlace(name, type, shape, dataStart + begin, bytes));
            expected = end;
        }

        if (expected != dataLength)
            throw new SafetensorsException($"{Shown.Name(file)}: expected {dataStart + expected} bytes, found {fileLength}: there is more "
                + "than the header tells of.");
        return (metadata, places);
    }

    private static JsonElement Member(JsonProperty array, string name) => array.Value.TryGetProperty(name, out JsonElement value) ? value
        : throw new FormatException($"array {Shown.Text(array.Name)} has no {name}");

    private static SafetensorsException Truncated(string file, string expected, long found)
        => new($"{Shown.Name(file)}: the file is truncated: expected {expected} bytes, found {found}.");

    public static int ElementBytes(string type) => type switch
    {
        "F64" or "I64" => 8,
        "F32" or "I32" => 4,
        "F16" or "BF16" or "I16" => 2,
        "U8" or "I8" or "BOOL" => 1,
        _ => throw new FormatException($"unknown element type {Shown.Text(type)}"),
    };

    /// <summary>The size of an array, or an error when it's more than the file can hold.</summary>
    private static long ByteCount(string type, long[] shape, long dataLength)
    {
        long bytes = ElementBytes(type);
        if (shape.Any(size => size < 0))
            throw new FormatException($"shape [{Shown.List(shape)}] has a negative size");
        if (shape.Contains(0))
            return 0;
        foreach (long size in shape)
        {
            if (bytes > dataLength / size)
                throw new FormatException($"shape [{Shown.List(shape)}] is more than the file's {dataLength} bytes");
            bytes *= size;
        }

        return bytes;
    }
}
