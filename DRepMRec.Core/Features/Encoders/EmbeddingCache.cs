using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>Embeddings of one generator on disk, by the hash of what they were made of. Each file has those of one request.</summary>
/// <remarks>
/// Safe for use by many threads and processes. A file's name is the hash of its keys, so that they are read once: what takes its place has
/// the same.
/// </remarks>
internal sealed class EmbeddingCache
{
    private const string FormatKey = "drepmrec.embeddings";
    private const string Extension = ".safetensors";
    private const int MaxFolderName = 40;

    private readonly string _folder;
    private readonly string _generator;

    /// <summary>The keys of the files that were looked at, by name.</summary>
    private readonly ConcurrentDictionary<string, Hash256[]> _keys = new(StringComparer.Ordinal);

    public EmbeddingCache(string folder, string generator)
    {
        string readable = new([.. generator.Take(MaxFolderName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(generator)))[..16];
        _folder = Path.Combine(folder, $"{readable}-{hash}");
        _generator = generator;
    }

    /// <summary>The embeddings of those keys that are there.</summary>
    public Dictionary<Hash256, float[]> Read(IReadOnlySet<Hash256> keys, CancellationToken cancellationToken)
    {
        Files.MakeFolder(_folder);
        var found = new Dictionary<Hash256, float[]>();
        foreach (string file in Files.List(_folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (found.Count == keys.Count)
                break;
            if (_keys.TryGetValue(Path.GetFileName(file), out Hash256[]? known) && !keys.Overlaps(known))
                continue;
            foreach (var (key, vector) in Read(file, keys).Where(e => keys.Contains(e.Key)))
                found.TryAdd(key, vector.ToArray());
        }

        return found;
    }

    /// <summary>Keeps embeddings of one dimension; what a crash leaves behind is a file as it was or none.</summary>
    public void Write(IReadOnlyList<(Hash256 Key, float[] Vector)> entries)
    {
        Hash256[] hashes = [.. entries.Select(e => e.Key)];
        byte[] keys = MemoryMarshal.AsBytes<Hash256>(hashes).ToArray();
        float[] vectors = [.. entries.SelectMany(e => e.Vector)];
        SafeTensor[] arrays =
        [
            SafeTensor.Of("vectors", vectors, entries.Count, entries[0].Vector.Length),
            SafeTensor.Of("keys", keys, entries.Count, Hash256.Bytes),
        ];
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = "1",
            ["generator"] = _generator,
            ["checksum"] = Checksum(arrays[0], arrays[1]),
        };
        string name = NameOf(keys);
        Files.MakeFolder(_folder);
        AtomicFiles.Write(_folder,
            new Dictionary<string, Action<Stream>> { [name] = stream => Safetensors.Write(stream, metadata, arrays) });
        _keys[name] = hashes;
    }

    // The entries of a file that has one of those that are wanted; of another the keys alone are read. Whatever isn't as it was written is
    // as if it weren't there, until it's replaced.
    private List<(Hash256 Key, ReadOnlyMemory<float> Vector)> Read(string file, IReadOnlySet<Hash256> wanted)
    {
        string name = Path.GetFileName(file);
        try
        {
            using WatchedFile stream = Files.OpenRead(file);
            var (metadata, places) = Safetensors.ReadHeader(stream, file);
            if (metadata.GetValueOrDefault(FormatKey) == "1" && metadata.GetValueOrDefault("generator") == _generator
                && TryRead(stream, places, "keys") is { } keys && NameOf(keys.Data.Span) == name)
            {
                Hash256[] hashes = MemoryMarshal.Cast<byte, Hash256>(keys.Data.Span).ToArray();
                _keys[name] = hashes;
                if (!wanted.Overlaps(hashes))
                    return [];
                if (TryRead(stream, places, "vectors") is { Shape.Length: 2 } vectors && vectors.Shape[0] == hashes.Length
                    && metadata.GetValueOrDefault("checksum") == Checksum(vectors, keys))
                {
                    float[] values = MemoryMarshal.Cast<byte, float>(vectors.Data.Span).ToArray();
                    int dimension = (int)vectors.Shape[1];
                    return [.. hashes.Select((key, n) => (key, (ReadOnlyMemory<float>)values.AsMemory(n * dimension, dimension)))];
                }
            }
        }
        catch (Exception e) when (e is FormatException or FileNotFoundException or EndOfStreamException)
        {
        }

        _keys.TryRemove(name, out _);
        return [];
    }

    private static string NameOf(ReadOnlySpan<byte> keys) => Convert.ToHexStringLower(SHA256.HashData(keys))[..32] + Extension;

    private static SafeTensor? TryRead(WatchedFile stream, IReadOnlyList<SafeTensorPlace> places, string name)
    {
        if (places.FirstOrDefault(p => p.Name == name) is not { } place || place.Bytes > Array.MaxLength)
            return null;
        byte[] data = Allocations.Array<byte>(place.Bytes);
        stream.Position = place.Offset;
        stream.ReadExactly(data);
        return new SafeTensor(place.Name, place.Type, place.Shape, data);
    }

    private static string Checksum(SafeTensor vectors, SafeTensor keys)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{string.Join('x', vectors.Shape)} {vectors.Type} {keys.Type}\n"));
        hash.AppendData(vectors.Data.Span);
        hash.AppendData(keys.Data.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A SHA-256.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Hash256(ulong A, ulong B, ulong C, ulong D)
{
    public const int Bytes = 32;

    /// <summary>The hash of an input, which no input of another kind has.</summary>
    public static Hash256 Of(bool isImage, ReadOnlySpan<byte> input)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(isImage ? "image\n"u8 : "text\n"u8);
        hash.AppendData(input);
        Span<byte> bytes = stackalloc byte[Bytes];
        hash.GetHashAndReset(bytes);
        return MemoryMarshal.Read<Hash256>(bytes);
    }
}
