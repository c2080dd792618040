using System.Text;

namespace DRepMRec.Data;

/// <summary>Finds the first bytes of a file that aren't text in its encoding, for the error that they bring about.</summary>
internal static class EncodingError
{
    private const int BlockLength = 4096;
    private const int MaxCharacters = 64;

    /// <summary>The error that names the line and the byte; of UTF-8 as of any other encoding.</summary>
    /// <param name="stream">The file; it is read again from its beginning where it can be.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="encoding">The encoding, which takes bytes that aren't text for an error.</param>
    /// <param name="cause">The exception that says that there are such bytes.</param>
    /// <param name="hint">What to say at the end, or <see langword="null"/>.</param>
    public static DatasetFormatException Of(
        Stream stream, string file, Encoding encoding, DecoderFallbackException cause, string? hint = null)
    {
        if (encoding is UTF8Encoding)
            return Utf8Error.Of(stream, file, cause, hint);
        string expected = $"expected text in the encoding {encoding.WebName}, found ";
        return stream.CanSeek && Find(stream, encoding) is { } at
            ? new($"{expected}the byte {at.Value:X2} as number {at.Column} of the line.{hint}", file, at.Line, cause)
            : new($"{expected}bytes that aren't.{hint}", file, null, cause);
    }

    // Byte by byte: a decoder doesn't tell what it made of a block before the byte that it refuses.
    private static (long Line, long Column, byte Value)? Find(Stream stream, Encoding encoding)
    {
        stream.Position = 0;
        Decoder decoder = encoding.GetDecoder();
        var (bytes, characters) = (new byte[BlockLength], new char[MaxCharacters]);
        long line = 1, column = 0;
        bool afterReturn = false;
        (long Line, long Column, byte Value)? first = null; // Of the bytes that no character has come of yet.
        try
        {
            for (int length; (length = stream.Read(bytes, 0, bytes.Length)) > 0;)
            {
                for (int at = 0; at < length; at++)
                {
                    first ??= (line, column + 1, bytes[at]);
                    column++;
                    int count = decoder.GetChars(bytes, at, 1, characters, 0, flush: false);
                    foreach (char c in characters.AsSpan(0, count))
                    {
                        if (c == '\r' || (c == '\n' && !afterReturn))
                            (line, column) = (line + 1, 0);
                        else if (c == '\n')
                            column = 0;
                        afterReturn = c == '\r';
                    }

                    if (count > 0)
                        first = null;
                }
            }

            decoder.GetChars([], 0, 0, characters, 0, flush: true);
            return null;
        }
        catch (DecoderFallbackException)
        {
            return first;
        }
    }
}
