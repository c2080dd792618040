using System.Globalization;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Reads the lines of a text file without a string for each. Lines end with "\n", "\r" or "\r\n".</summary>
internal sealed class LineReader : IDisposable
{
    private const int ByteBlock = 1 << 16;
    private const int FirstLength = 1 << 12;

    private readonly StreamReader _reader;
    private readonly string _file;
    private readonly string? _hint;
    private char[] _buffer = new char[FirstLength];
    private int _start;
    private int _end;
    private bool _isFirst = true;
    private bool _skipsFeed;

    /// <param name="stream">The file; it is closed with the reader.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="encoding">Its encoding; bytes that aren't text are an error.</param>
    /// <param name="hint">What to say at the end of that error, or <see langword="null"/>.</param>
    public LineReader(Stream stream, string file, Encoding encoding, string? hint = null)
    {
        int bytes = stream.CanSeek ? (int)Math.Clamp(stream.Length, FirstLength, ByteBlock) : ByteBlock;
        _reader = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false, bufferSize: bytes);
        _file = file;
        _hint = hint;
    }

    /// <summary>UTF-8, with bytes that aren't as an error.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The most characters that a line may have.</summary>
    public int MaxLength { get; init; } = 1 << 28;

    /// <summary>Whether the stream can be read from another place.</summary>
    public bool CanSeek => _reader.BaseStream.CanSeek;

    /// <summary>The 1-based number of the line that was read last.</summary>
    public long Line { get; private set; }

    /// <summary>Where the line that was read last stands; until the next one is read.</summary>
    public ArraySegment<char> Current { get; private set; }

    public static WatchedFile Open(string path) => Files.OpenRead(path, bufferSize: 1, FileOptions.SequentialScan);

    /// <summary>Moves to the next line.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        int scanned = 0;
        while (true)
        {
            if (_skipsFeed && _start < _end)
            {
                _skipsFeed = false;
                if (_buffer[_start] == '\n')
                    _start++;
            }

            int length = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOfAny('\n', '\r');
            if (length >= 0)
            {
                length += scanned;
                _skipsFeed = _buffer[_start + length] == '\r';
                Take(length, next: _start + length + 1);
                return true;
            }

            scanned = _end - _start;
            if (Fill())
                continue;
            if (scanned == 0)
                return false;
            Take(scanned, next: _end);
            return true;
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Take(int length, int next)
    {
        if (length > MaxLength)
            throw TooLong();
        int start = _start;
        if (_isFirst)
        {
            for (; length > 0 && _buffer[start] == '\uFEFF'; start++)
                length--;
            _isFirst = false;
        }

        Current = new ArraySegment<char>(_buffer, start, length);
        _start = next;
        Line++;
    }

    private DatasetFormatException TooLong() => new(
        string.Create(CultureInfo.InvariantCulture, $"expected lines of at most {MaxLength:N0} characters, found a longer one."),
        _file, Line + 1);

    // Makes room behind what isn't read yet, and fills it.
    private bool Fill()
    {
        int held = _end - _start;
        if (held > MaxLength)
            throw TooLong();
        if (held == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        else
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        (_start, _end) = (0, held);
        try
        {
            int read = _reader.Read(_buffer, held, _buffer.Length - held);
            _end += read;
            return read > 0;
        }
        catch (DecoderFallbackException exception)
        {
            throw EncodingError.Of(_reader.BaseStream, _file, _reader.CurrentEncoding, exception, _hint);
        }
    }
}
