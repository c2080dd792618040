namespace DRepMRec.Data;

/// <summary>A picture of an item: a file, bytes, or an address on the web, which is kept to be shown and never fetched.</summary>
/// <remarks>Immutable and safe for use by many threads. A file is read when it's asked for.</remarks>
public sealed class ItemImage
{
    private readonly ReadOnlyMemory<byte>? _data;

    private ItemImage(string? path, ReadOnlyMemory<byte>? data, string? shown) => (Path, _data, Shown) = (path, data, shown);

    /// <summary>The file, or <see langword="null"/> where there is none.</summary>
    public string? Path { get; }

    /// <summary>What metadata shows as the picture's path: as the table has it; <see langword="null"/> for bytes.</summary>
    public string? Shown { get; }

    /// <summary>Whether there are bytes or a file; not whether the file exists.</summary>
    public bool IsReadable => _data is not null || Path is not null;

    /// <summary>A picture in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shown">What metadata shows; <see langword="null"/> for the path itself.</param>
    public static ItemImage FromFile(string path, string? shown = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ItemImage(path, null, shown ?? path);
    }

    /// <summary>A picture in memory, such as an upload.</summary>
    /// <param name="data">The bytes of a file in any format that the generator knows; not copied.</param>
    /// <param name="shown">What metadata shows, or <see langword="null"/> for nothing.</param>
    public static ItemImage FromBytes(ReadOnlyMemory<byte> data, string? shown = null)
        => data.Length > 0 ? new ItemImage(null, data, shown)
            : throw new ArgumentException("Expected the bytes of a picture, got none.", nameof(data));

    /// <summary>A picture on the web, to be shown alone.</summary>
    /// <param name="address">Its address.</param>
    public static ItemImage FromAddress(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return new ItemImage(null, null, address);
    }

    /// <summary>The bytes of the picture.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">The picture is an address on the web.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken = default)
        => _data ?? await Internals.Files.ReadAllAsync(
            Path ?? throw new InvalidOperationException($"The picture {Internals.Shown.Text(Shown)} isn't a file; nothing is fetched."),
            cancellationToken).ConfigureAwait(false);

    /// <summary>What metadata shows, or that there are bytes.</summary>
    public override string ToString() => Shown ?? $"{_data?.Length} bytes";
}
