using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DRepMRec.Data;

/// <summary>
/// Reads a UTF-8 file with one JSON object per line as a table: the properties of the first object that has any are its columns, in their
/// order, and values are text as they stand. Properties that are missing or null are blank cells. Empty lines are passed over.
/// </summary>
internal sealed class JsonLines : ITextRows, IDisposable
{
    private static readonly JsonReaderOptions Strict = new() { AllowMultipleValues = false };

    private readonly string _path;
    private readonly List<string> _names = [];
    private readonly ArrayBufferWriter<byte> _utf8 = new();
    private readonly Dictionary<int, byte[]> _chosen = [];
    private readonly HashSet<int> _lists = [];
    private readonly HashSet<int> _excused = [];
    private readonly HashSet<int> _nested = [];
    private LineReader _lines;
    private string?[] _cells = [];
    private IReadOnlyList<string?>?[] _values = [];
    private bool _holdsFirst;
    private bool _isAhead;

    /// <param name="path">The file.</param>
    /// <param name="allowEmpty">Whether there may be no object, and so no names.</param>
    public JsonLines(string path, bool allowEmpty = false)
    {
        File = Path.GetFileName(path);
        _path = path;
        _lines = Open();
        try
        {
            ReadNames(allowEmpty);
        }
        catch
        {
            _lines.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether there is no object.</summary>
    public bool IsEmpty { get; private set; }

    public string File { get; }

    public long Line => _lines.Line;

    public string Unit => "line";

    public int FieldCount => _names.Count;

    public string Shown => Internals.Shown.Text(_lines.Current);

    public string Separated => "";

    public (RowMistakeKind Kind, string Message)? Broken { get; private set; }

    public ReadOnlySpan<char> this[int field] => _cells[field];

    public IReadOnlyList<string?>? List(int field) => _values[field];

    public string? Unreadable(int field) => _nested.Contains(field) ? NotSingle(field) : null;

    public bool Read()
    {
        if (_isAhead)
            Restart();
        if (_holdsFirst)
            _holdsFirst = false;
        else if (!NextLine())
            return false;
        Array.Clear(_cells);
        Array.Clear(_values);
        _nested.Clear();
        Broken = null;
        try
        {
            ReadObject();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            Broken = (RowMistakeKind.Json, $"expected a JSON object, found {Shown}.");
        }

        return true;
    }

    public void Choose(IReadOnlyCollection<int> columns, IReadOnlyCollection<int> lists)
    {
        foreach (int column in columns)
            _chosen[column] = Encoding.UTF8.GetBytes(_names[column]);
        _lists.UnionWith(lists);
    }

    public void Excuse(IReadOnlyCollection<int> columns) => _excused.UnionWith(columns);

    public DatasetFormatException Error(string message) => new(message, File, Line);

    public void Dispose() => _lines.Dispose();

    private LineReader Open() => new(LineReader.Open(_path), File, LineReader.Utf8);

    // The names come from the first line that is an object with properties; lines before it are rows with mistakes.
    private void ReadNames(bool allowEmpty)
    {
        if (!NextLine())
        {
            IsEmpty = allowEmpty ? true
                : throw new DatasetFormatException("expected a JSON object per line, found an empty file.", File);
            return;
        }

        if (TryReadNames())
            _holdsFirst = true;
        else
            LookAhead();
        _cells = new string?[_names.Count];
        _values = new IReadOnlyList<string?>?[_names.Count];
    }

    private bool TryReadNames()
    {
        ReadOnlySpan<char> line = _lines.Current;
        if (line.Trim() is not ['{', .., '}'])
            return false;
        try
        {
            using JsonDocument json = JsonDocument.Parse(_utf8.WrittenMemory);
            _names.AddRange(json.RootElement.EnumerateObject().Select(p => p.Name).Distinct());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            _names.Clear();
        }

        return _names.Count > 0;
    }

    // Until the first row is read, the current line is that of the names: errors of columns that are missing show it.
    private void LookAhead()
    {
        DatasetFormatException none =
            Error($"expected a JSON object with the names of the columns in the first line, found {Shown}.");
        do
        {
            if (!_lines.CanSeek || !NextLine())
                throw none;
        }
        while (!TryReadNames());
        _isAhead = true;
    }

    private void Restart()
    {
        _isAhead = false;
        _lines.Dispose();
        _lines = Open();
    }

    private bool NextLine()
    {
        do
        {
            if (!_lines.Read())
                return false;
        }
        while (_lines.Current.AsSpan().IsWhiteSpace());

        _utf8.ResetWrittenCount();
        Encoding.UTF8.GetBytes(_lines.Current, _utf8);
        return true;
    }

    private void ReadObject()
    {
        var reader = new Utf8JsonReader(_utf8.WrittenSpan, Strict);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int column = ChosenColumn(ref reader);
            reader.Read();
            bool isNested = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (column < 0)
            {
                reader.Skip();
                continue;
            }

            _nested.Remove(column);
            if (reader.TokenType == JsonTokenType.StartArray && _lists.Contains(column) && TryReadList(ref reader, out _values[column]))
                continue;
            if (!isNested)
            {
                (_cells[column], _values[column]) = (Value(ref reader), null);
                continue;
            }

            if (!_excused.Contains(column))
            {
                Broken = (RowMistakeKind.Json, NotSingle(column));
                return;
            }

            reader.Skip();
            (_cells[column], _values[column]) = (null, null);
            _nested.Add(column);
        }

        if (reader.Read())
            throw new JsonException();
    }

    private string NotSingle(int column) => $"expected a string or a number{(_lists.Contains(column) ? ", or a list of them," : "")} as "
        + $"{Internals.Shown.Message(_names[column])}, found {Shown}.";

    private static string? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Null => null,
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    // Where it isn't a list of single values, the reader stays at its beginning.
    private static bool TryReadList(ref Utf8JsonReader reader, out IReadOnlyList<string?>? list)
    {
        Utf8JsonReader ahead = reader;
        var values = new List<string?>();
        list = null;
        while (ahead.Read() && ahead.TokenType != JsonTokenType.EndArray)
        {
            if (ahead.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                return false;
            values.Add(Value(ref ahead));
        }

        reader = ahead;
        list = values;
        return true;
    }

    private int ChosenColumn(ref Utf8JsonReader reader)
    {
        foreach (var (column, name) in _chosen)
        {
            if (reader.ValueTextEquals(name))
                return column;
        }

        return -1;
    }
}
