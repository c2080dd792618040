using System.Globalization;
using System.Text;

namespace DRepMRec.Data;

/// <summary>
/// Reads a delimited UTF-8 text file record by record. Empty lines are passed over. With quoting, a field in double quotes may hold
/// separators, line breaks (they become '\n') and doubled quotes (RFC 4180).
/// </summary>
internal sealed class DelimitedText : IDisposable
{
    private readonly StreamReader _reader;
    private readonly char _separator;
    private readonly bool _quoted;
    private readonly List<(int Start, int Length)> _fields = [];
    private string _text = "";
    private string _record = "";
    private long _lastLine;

    public DelimitedText(string path, char separator, bool quoted)
        : this(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan),
            Path.GetFileName(path), separator, quoted)
    {
    }

    public DelimitedText(Stream stream, string file, char separator, bool quoted)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        _reader = new StreamReader(stream, utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
        File = file;
        _separator = separator;
        _quoted = quoted;
    }

    /// <summary>The file's name for messages.</summary>
    public string File { get; }

    /// <summary>The 1-based line at which the current record begins.</summary>
    public long Line { get; private set; }

    /// <summary>The number of fields of the current record.</summary>
    public int FieldCount => _fields.Count;

    /// <summary>A field of the current record, without its quotes.</summary>
    public ReadOnlySpan<char> this[int field] => _text.AsSpan(_fields[field].Start, _fields[field].Length);

    /// <summary>The first line of the current record as it stands in the file, for messages.</summary>
    public string Shown => Internals.Shown.Text(_record);

    /// <summary>The separator in words, such as "tab-separated".</summary>
    public string Separated => _separator switch
    {
        '\t' => "tab-separated",
        ',' => "comma-separated",
        ';' => "semicolon-separated",
        ' ' => "space-separated",
        _ => $"{Internals.Shown.Text([_separator])}-separated",
    };

    /// <summary>Moves to the next record.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        string? line;
        do
        {
            line = NextLine();
            if (line is null)
                return false;
        }
        while (line.Length == 0);

        Line = _lastLine;
        _record = line;
        _fields.Clear();
        if (_quoted && line.Contains('"'))
            ParseQuoted(line);
        else
            ParsePlain(line);
        return true;
    }

    /// <summary>The error that the current record brings about.</summary>
    public DatasetFormatException Error(string message) => new(message, File, Line);

    /// <summary>Reads a field that must be a finite number in the invariant culture.</summary>
    public double Number(int field, string name)
        => double.TryParse(this[field], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            && !this[field].Contains('\0') // The parser passes over zero characters at the end.
            ? value
            : throw Error($"expected a number as {Internals.Shown.Message(name)}, found {Internals.Shown.Text(this[field])}.");

    public void Dispose() => _reader.Dispose();

    private string? NextLine()
    {
        try
        {
            string? line = _reader.ReadLine();
            _lastLine++;
            return _lastLine == 1 ? line?.TrimStart('\uFEFF') : line;
        }
        catch (DecoderFallbackException exception)
        {
            throw Utf8Error.Of(_reader.BaseStream, File, exception);
        }
    }

    private void ParsePlain(string line)
    {
        _text = line;
        int start = 0;
        for (int length; (length = line.AsSpan(start).IndexOf(_separator)) >= 0; start += length + 1)
            _fields.Add((start, length));
        _fields.Add((start, line.Length - start));
    }

    private void ParseQuoted(string line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; ; i++)
        {
            int start = text.Length;
            if (i < line.Length && line[i] == '"')
            {
                i = ReadQuotes(ref line, i + 1, text);
                if (i < line.Length && line[i] != _separator)
                    throw Error($"expected a separator after a closing quote, found {Shown}.");
            }
            else
            {
                int end = line.IndexOf(_separator, i);
                text.Append(line, i, (end < 0 ? line.Length : end) - i);
                i = end < 0 ? line.Length : end;
            }

            _fields.Add((start, text.Length - start));
            if (i >= line.Length)
                break;
        }

        _text = text.ToString();
    }

    // Appends what stands between the quotes; returns the position after the closing one, which may be on a later line.
    private int ReadQuotes(ref string line, int i, StringBuilder text)
    {
        while (true)
        {
            int quote = line.IndexOf('"', i);
            if (quote < 0)
            {
                text.Append(line, i, line.Length - i).Append('\n');
                line = NextLine() ?? throw Error($"expected a closing quote, found the end of the file after {Shown}.");
                i = 0;
                continue;
            }

            text.Append(line, i, quote - i);
            i = quote + 1;
            if (i >= line.Length || line[i] != '"')
                return i;
            text.Append('"');
            i++;
        }
    }
}
