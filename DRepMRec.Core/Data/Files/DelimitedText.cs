using System.Globalization;
using System.Text;

namespace DRepMRec.Data;

/// <summary>
/// Reads a delimited text file record by record. Empty lines are passed over. With quoting, a field in double quotes may hold separators,
/// line breaks (they become '\n') and doubled quotes (RFC 4180).
/// </summary>
internal sealed class DelimitedText : ITextRows, IDisposable
{
    private readonly LineReader _lines;
    private readonly char _separator;
    private readonly bool _quoted;
    private readonly string? _quoteHint;
    private readonly StringBuilder _unquoted = new();
    private (int Start, int Length)[] _fields = new (int, int)[16];
    private char[] _text = [];
    private char[] _unquotedText = [];
    private ArraySegment<char> _line;
    private string? _record;
    private QuotedLines _within = new(0, 0, 0);

    public DelimitedText(string path, char separator, bool quoted)
        : this(LineReader.Open(path), Path.GetFileName(path), separator, quoted)
    {
    }

    public DelimitedText(Stream stream, string file, char separator, bool quoted)
        : this(new LineReader(stream, file, LineReader.Utf8), file, separator, quoted, null)
    {
    }

    /// <param name="lines">The file's lines.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="separator">What stands between two fields.</param>
    /// <param name="quoted">Whether fields may stand in quotes.</param>
    /// <param name="quoteHint">What to say at the end of errors about quotes, or <see langword="null"/>.</param>
    public DelimitedText(LineReader lines, string file, char separator, bool quoted, string? quoteHint)
    {
        _lines = lines;
        File = file;
        _separator = separator;
        _quoted = quoted;
        _quoteHint = quoteHint;
    }

    public string File { get; }

    public long Line { get; private set; }

    public string Unit => "line";

    public int FieldCount { get; set; }

    public (RowMistakeKind Kind, string Message)? Broken { get; private set; }

    public ReadOnlySpan<char> this[int field] => _text.AsSpan(_fields[field].Start, _fields[field].Length);

    public QuotedLines? QuotedLines => _within.Count == 0 ? null : _within;

    /// <summary>Whether the file can be opened a second time: what comes through a pipe comes once.</summary>
    public bool CanBeReopened => _lines.CanSeek;

    /// <summary>The first line of the current record as it stands in the file, for messages.</summary>
    public string Shown => Internals.Shown.Text(_record is null ? _line.AsSpan() : _record);

    public string Separated => _separator switch
    {
        '\t' => "tab-separated ",
        ',' => "comma-separated ",
        ';' => "semicolon-separated ",
        ' ' => "space-separated ",
        _ => $"{Internals.Shown.Text([_separator])}-separated ",
    };

    /// <summary>Moves to the next record, which must not be broken.</summary>
    public bool Read()
    {
        if (!TryRead())
            return false;
        return Broken is null ? true : throw Error(Broken.Value.Message);
    }

    bool ITextRows.Read() => TryRead();

    public DatasetFormatException Error(string message) => new(message, File, Line);

    public void Dispose() => _lines.Dispose();

    private bool TryRead()
    {
        do
        {
            if (!_lines.Read())
                return false;
        }
        while (_lines.Current.Count == 0);

        _line = _lines.Current;
        Line = _lines.Line;
        FieldCount = 0;
        _record = null;
        Broken = null;
        if (_quoted && _line.AsSpan().Contains('"'))
            ParseQuoted();
        else
            ParsePlain();
        if (_lines.Line is var last && last > Line)
        {
            bool isLongest = last - Line > _within.To - _within.From;
            _within = new(_within.Count + last - Line, isLongest ? Line : _within.From, isLongest ? last : _within.To);
        }

        return true;
    }

    private void ParsePlain()
    {
        _text = _line.Array!;
        int start = _line.Offset, end = start + _line.Count;
        for (int length; (length = _text.AsSpan(start, end - start).IndexOf(_separator)) >= 0; start += length + 1)
            AddField(start, length);
        AddField(start, end - start);
    }

    private void AddField(int start, int length)
    {
        if (FieldCount == _fields.Length)
            Array.Resize(ref _fields, FieldCount * 2);
        _fields[FieldCount++] = (start, length);
    }

    private void ParseQuoted()
    {
        _unquoted.Clear();
        for (int i = 0; ; i++)
        {
            ReadOnlySpan<char> line = _line;
            int start = _unquoted.Length;
            if (i < line.Length && line[i] == '"')
            {
                i = ReadQuotes(i + 1);
                if (Broken is not null)
                {
                    FieldCount = Math.Max(FieldCount, _record.AsSpan().Count(_separator)) + 1; // As far as can be told.
                    return;
                }

                line = _line;
                if (i < line.Length && line[i] != _separator)
                {
                    string where = _record is null ? "" : string.Create(CultureInfo.InvariantCulture, $" in line {_lines.Line}");
                    Broken = (RowMistakeKind.Quotes, $"expected a separator after a closing quote{where}, found {Shown}.");
                    FieldCount += 1 + line[i..].Count(_separator); // As far as can be told.
                    return;
                }
            }
            else
            {
                int length = line[i..].IndexOf(_separator);
                int end = length < 0 ? line.Length : i + length;
                _unquoted.Append(line[i..end]);
                i = end;
            }

            AddField(start, _unquoted.Length - start);
            if (i >= line.Length)
                break;
        }

        if (_unquotedText.Length < _unquoted.Length)
            _unquotedText = new char[2 * _unquoted.Length];
        _unquoted.CopyTo(0, _unquotedText, _unquoted.Length);
        _text = _unquotedText;
    }

    // Appends what stands between the quotes; returns the position after the closing one, which may be on a later line. A last line without
    // one is broken.
    private int ReadQuotes(int i)
    {
        long last = _lines.Line; // That isn't empty.
        while (true)
        {
            ReadOnlySpan<char> line = _line;
            int length = line[i..].IndexOf('"');
            if (length < 0)
            {
                _unquoted.Append(line[i..]).Append('\n');
                _record ??= line.ToString();
                if (_unquoted.Length > _lines.MaxLength)
                {
                    throw Error(string.Create(CultureInfo.InvariantCulture,
                        $"expected a closing quote within {_lines.MaxLength:N0} characters, found none after {Shown}.{_quoteHint}"));
                }

                if (!_lines.Read())
                {
                    // A last line that is torn costs itself alone; a quote before it may cost all that follows.
                    string message = $"expected a closing quote, found the end of the file after {Shown}.{_quoteHint}";
                    if (Line != last)
                        throw Error(message);
                    Broken = (RowMistakeKind.Quotes, message);
                    return line.Length;
                }

                _line = _lines.Current;
                if (_line.Count > 0)
                    last = _lines.Line;
                i = 0;
                continue;
            }

            _unquoted.Append(line.Slice(i, length));
            i += length + 1;
            if (i >= line.Length || line[i] != '"')
                return i;
            _unquoted.Append('"');
            i++;
        }
    }
}
