using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using DRepMRec.Serving;

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

    public static string TypeName<T>() => typeof(T) == typeof(float) ? "F32" : typeof(T) == typeof(double) ? "F64" : typeof(T) == typeof(int) ? "I32" : typeof(T) == typeof(long) ? "I64" : "U8";
}

/// <summary>
/// The safetensors format (huggingface.co/docs/safetensors): 8 bytes length of the header, little endian; the header, JSON; the arrays, one after the other. Nothing in it can be executed.
/// </summary>
internal static class Safetensors
{
    public const int MaxHeaderBytes = 100_000_000;
    private const string MetadataKey = "__metadata__";

    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensor> tensors)
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
            foreach (SafeTensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces behind the header make the arrays begin at a multiple of 8.
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, buffer.Length);
        stream.Write(length);
        buffer.WriteTo(stream);
        foreach (SafeTensor tensor in tensors)
            stream.Write(tensor.Data.Span);
    }

    /// <summary>Reads a file. Nothing is allocated for an array before its bytes are known to be there.</summary>
    /// <exception cref="ModelFileException">The file breaks the format.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, SafeTensor> Tensors) Read(Stream stream, string file)
    {
        long fileLength = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        if (fileLength < 8)
            throw new ModelFileException($"{file}: expected a safetensors file of at least 8 bytes, got {fileLength}.");
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaxHeaderBytes || (long)headerLength > fileLength - 8)
            throw new ModelFileException($"{file}: expected a header of at most {Math.Min(MaxHeaderBytes, fileLength - 8)} bytes, its length says {headerLength}.");
        var header = new byte[headerLength];
        stream.ReadExactly(header);

        try
        {
            using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return ReadBody(stream, file, json.RootElement, fileLength - 8 - (long)headerLength);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException and not ModelFileException or KeyNotFoundException)
        {
            throw new ModelFileException($"{file}: the header isn't that of a safetensors file: {Shown.Message(e.Message)}", e);
        }
    }

    private static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, SafeTensor> Tensors) ReadBody(Stream stream, string file, JsonElement root, long dataLength)
    {
        var metadata = new Dictionary<string, string>();
        var places = new List<(string Name, string Type, long[] Shape, long Begin, long End)>();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                    metadata[entry.Name] = entry.Value.GetString() ?? throw new FormatException($"the metadata {Shown.Text(entry.Name)} isn't a string");
                continue;
            }

            JsonElement offsets = property.Value.GetProperty("data_offsets");
            if (offsets.GetArrayLength() != 2)
                throw new FormatException($"array {Shown.Text(property.Name)} has {offsets.GetArrayLength()} offsets instead of 2");
            places.Add((property.Name, property.Value.GetProperty("dtype").GetString() ?? "", [.. property.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())],
                offsets[0].GetInt64(), offsets[1].GetInt64()));
        }

        var tensors = new Dictionary<string, SafeTensor>();
        long expected = 0;
        foreach (var (name, type, shape, begin, end) in places.OrderBy(p => p.Begin).ThenBy(p => p.End))
        {
            long bytes = ByteCount(type, shape, dataLength);
            if (begin != expected || end - begin != bytes || end > dataLength)
                throw new ModelFileException($"{file}: array {Shown.Text(name)} of {type} [{Shown.List(shape)}] must lie at {expected} to {expected + bytes} of {dataLength} bytes; its offsets are {begin} to {end}.");
            var data = new byte[bytes];
            stream.ReadExactly(data);
            tensors[name] = new SafeTensor(name, type, shape, data);
            expected = end;
        }

        if (expected != dataLength)
            throw new ModelFileException($"{file}: expected {expected} bytes of arrays, there are {dataLength}.");
        return (metadata, tensors);
    }

    /// <summary>The size of an array, or an error when it's more than the file can hold.</summary>
    private static long ByteCount(string type, long[] shape, long dataLength)
    {
        long bytes = type switch { "F64" or "I64" => 8, "F32" or "I32" => 4, "F16" or "BF16" or "I16" => 2, "U8" or "I8" or "BOOL" => 1, _ => throw new FormatException($"unknown element type {Shown.Text(type)}") };
        foreach (long size in shape)
        {
            if (size < 0 || (size > 0 && bytes > dataLength / size))
                throw new FormatException($"shape [{Shown.List(shape)}] is more than the file's {dataLength} bytes");
            bytes *= size;
        }

        return bytes;
    }
}
