using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using DRepMRec.Internals;

namespace DRepMRec.Hosting;

/// <summary>
/// What tells a file from the one that was there before. Links are followed, wherever in the path they are, so that a folder that is
/// swapped by a link, as Kubernetes does, is seen; and the beginning of the file is read, where a model has its manifest with the checksum
/// of all the rest, as length and time may be those of the file before: images and archives often give all files one time.
/// </summary>
internal readonly record struct FileStamp(string Path, long Length, DateTime Written, ulong Head)
{
    private const int FewestBytes = 1 << 14, MostBytes = 1 << 20;

    /// <summary>Looks at a file.</summary>
    /// <exception cref="IOException">There is none, or it can't be reached.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStamp Of(string path)
    {
        using WatchedFile file = Files.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        Span<byte> length = stackalloc byte[sizeof(ulong)], hash = stackalloc byte[SHA256.HashSizeInBytes];
        int read = file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false);
        int header = (int)Math.Clamp(BinaryPrimitives.ReadUInt64LittleEndian(length), FewestBytes, MostBytes);
        int most = length.Length + header;
        byte[] head = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            length[..read].CopyTo(head);
            read += file.ReadAtLeast(head.AsSpan(read, most - read), most - read, throwOnEndOfStream: false);
            SHA256.HashData(head.AsSpan(0, read), hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }

        return new FileStamp(path, file.Length, file.LastWriteTimeUtc, BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }
}
