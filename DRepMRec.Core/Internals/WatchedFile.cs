using System.IO.MemoryMappedFiles;

namespace DRepMRec.Internals;

/// <summary>An open file that announces each step, and knows of an error whether it was about the file.</summary>
internal sealed class WatchedFile(FileStream file, string path) : Stream
{
    private Exception? _fault;

    public DateTime LastWriteTimeUtc => File.GetLastWriteTimeUtc(file.SafeFileHandle);

    public override bool CanRead => file.CanRead;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => file.CanWrite;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => file.Position = value; }

    /// <summary>Whether an error, or what it came of, is one of this file.</summary>
    public bool Caused(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (ReferenceEquals(cause, _fault))
                return true;
        }

        return false;
    }

    /// <summary>Maps the file into memory, for reading.</summary>
    public MemoryMappedViewAccessor Map()
    {
        Files.Announce(FileOperation.Map, path);
        using var map = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Returns when all that was written is on the disk.</summary>
    public void FlushToDisk() => Do(FileOperation.Flush, () => file.Flush(flushToDisk: true));

    public override void Flush() => Do(FileOperation.Flush, file.Flush);

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            Files.Announce(FileOperation.Flush, path);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Files.Announce(FileOperation.Read, path);
        return file.Read(buffer);
    }

    public override int ReadByte()
    {
        Files.Announce(FileOperation.Read, path);
        return file.ReadByte();
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Files.Announce(FileOperation.Read, path);
        return file.ReadAsync(buffer, cancellationToken);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        // What stands in a file leads there: an error of its reader, not of the system.
        long start = origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => Length };
        return start + offset >= 0 ? file.Seek(offset, origin)
            : throw new IOException($"Expected a place in the file, got {start + offset}.");
    }

    public override void SetLength(long value) => Do(FileOperation.Write, () => file.SetLength(value));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            Files.Announce(FileOperation.Write, path);
            file.Write(buffer);
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }

    public override void WriteByte(byte value) => Write([value]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            Files.Announce(FileOperation.Write, path);
            await file.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        try
        {
            file.Dispose();
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }

    private void Do(FileOperation operation, Action step)
    {
        try
        {
            Files.Announce(operation, path);
            step();
        }
        catch (Exception exception)
        {
            _fault = exception;
            throw;
        }
    }
}
