using System.Buffers;
using System.Text;

namespace DRepMRec.Data;

/// <summary>Finds the first byte of a file that isn't part of UTF-8 text, for the error that it brings about.</summary>
internal static class Utf8Error
{
    private const int BlockLength = 4096;

    /// <summary>The error that names the line and the byte.</summary>
    /// <param name="stream">The file; it is read again from its beginning where it can be.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="cause">The exception that says that there is such a byte.</param>
    /// <param name="hint">What to say at the end, or <see langword="null"/>.</param>
    public static DatasetFormatException Of(Stream stream, string file, DecoderFallbackException cause, string? hint = null)
    {
        if (stream.CanSeek && Find(stream) is { } at)
            return new($"expected UTF-8 text, found the byte {at.Value:X2} as number {at.Column} of the line.{hint}", file, at.Line, cause);
        return new($"expected UTF-8 text, found bytes that aren't.{hint}", file, null, cause);
    }

    private static (long Line, long Column, byte Value)? Find(Stream stream)
    {
        stream.Position = 0;
        var buffer = new byte[BlockLength];
        long line = 1, column = 1;
        bool afterReturn = false;
        for (int held = 0; ;)
        {
            int read = stream.Read(buffer, held, buffer.Length - held), at = 0, length = held + read;
            while (at < length)
            {
                OperationStatus status = Rune.DecodeFromUtf8(buffer.AsSpan(at, length - at), out Rune rune, out int consumed);
                if (status == OperationStatus.NeedMoreData && read > 0)
                    break;
                if (status != OperationStatus.Done)
                    return (line, column, buffer[at]);
                bool ends = rune.Value == '\r' || (rune.Value == '\n' && !afterReturn);
                afterReturn = rune.Value == '\r';
                (line, column) = ends ? (line + 1, 1) : rune.Value == '\n' ? (line, 1) : (line, column + consumed);
                at += consumed;
            }

            if (read == 0)
                return null;
            held = length - at;
            buffer.AsSpan(at, held).CopyTo(buffer);
        }
    }
}
