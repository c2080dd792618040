using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DRepMRec.Data;

/// <summary>
/// Reads a UTF-8 file with one JSON object per line as a table: the properties of the first object are its columns, in their order, and
/// values are text as they stand. Properties that are missing or null are blank cells. Empty lines are passed over.
/// </summary>
internal sealed class JsonLines : ITextRows, IDisposable
{
    private static readonly JsonReaderOptions Strict = new() { AllowMultipleValues = false };

    private readonly LineReader _lines;
    private readonly List<string> _names = [];
    private readonly ArrayBufferWriter<byte> _utf8 = new();
    private readonly Dictionary<int, byte[]> _chosen = [];
    private readonly HashSet<int> _lists = [];
    private string?[] _cells = [];
    private IReadOnlyList<string?>?[] _values = [];
    private bool _holdsFirst;

    /// <param name="path">The file.</param>
    /// <param name="allowEmpty">Whether there may be no object, and so no names.</param>
    public JsonLines(string path, bool allowEmpty = false)
    {
        File = Path.GetFileName(path);
        _lines = new LineReader(LineReader.Open(path), File, LineReader.Utf8);
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

    public bool Read()
    {
        if (_holdsFirst)
            _holdsFirst = false;
        else if (!NextLine())
            return false;
        Array.Clear(_cells);
        Array.Clear(_values);
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

    public DatasetFormatException Error(string message) => new(message, File, Line);

    public void Dispose() => _lines.Dispose();

    // The names come from the first line that is an object; broken lines before it are rows with mistakes.
    private void ReadNames(bool allowEmpty)
    {
        if (!NextLine())
        {
            IsEmpty = allowEmpty ? true
                : throw new DatasetFormatException("expected a JSON object per line, found an empty file.", File);
            return;
        }

        _holdsFirst = true;
        try
        {
            using JsonDocument first = JsonDocument.Parse(_utf8.WrittenMemory);
            if (first.RootElement.ValueKind == JsonValueKind.Object)
                _names.AddRange(first.RootElement.EnumerateObject().Select(p => p.Name).Distinct());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            _names.Clear();
        }

        if (_names.Count == 0)
            throw Error($"expected a JSON object with the names of the columns in the first line, found {Shown}.");
        _cells = new string?[_names.Count];
        _values = new IReadOnlyList<string?>?[_names.Count];
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

            if (reader.TokenType == JsonTokenType.StartArray && _lists.Contains(column) && TryReadList(ref reader, out _values[column]))
                continue;
            if (isNested)
            {
                Broken = (RowMistakeKind.Json,
                    $"expected a string or a number{(_lists.Contains(column) ? ", or a list of them," : "")} as "
                        + $"{Internals.Shown.Message(_names[column])}, found {Shown}.");
                return;
            }

            (_cells[column], _values[column]) = (Value(ref reader), null);
        }

        if (reader.Read())
            throw new JsonException();
    }

    private static string? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Null => null,
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private static bool TryReadList(ref Utf8JsonReader reader, out IReadOnlyList<string?>? list)
    {
        var values = new List<string?>();
        list = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                return false;
            values.Add(Value(ref reader));
        }

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
