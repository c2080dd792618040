using System.Text;
using System.Text.Json;

namespace Common;

/// <summary>
/// A file of JSON lines, one per training, written through at once; of lines with the same key the last one counts. A line that a killed
/// run left half written is dropped. Safe for use by many threads. One run writes to a log at a time; others can read it meanwhile.
/// </summary>
internal sealed class JsonLinesLog<TKey, TEntry> : IDisposable
    where TKey : notnull
    where TEntry : class
{
    private readonly Func<TEntry, TKey> _keyOf;
    private readonly JsonSerializerOptions _json;
    private readonly Dictionary<TKey, TEntry> _entries = [];
    private readonly FileStream? _file;
    private readonly FileStream? _lock;

    /// <param name="path">The file, which is made if need be.</param>
    /// <param name="keyOf">What tells one entry from another.</param>
    /// <param name="json">How entries are written.</param>
    /// <param name="toRead">Whether nothing is added, so that another run may be writing to it.</param>
    /// <param name="mayLack">Whether a file that isn't there, and is to be read, is one without lines; it isn't made.</param>
    public JsonLinesLog(
        string path, Func<TEntry, TKey> keyOf, JsonSerializerOptions json, bool toRead = false, bool mayLack = false)
    {
        (_keyOf, _json) = (keyOf, json);
        if (toRead && mayLack && !File.Exists(path))
            return;
        if (toRead)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Read(path, file);
            return;
        }

        _lock = RunLock.Take(path);
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            long end = Read(path, _file);
            _file.SetLength(end);
            _file.Position = end;
            if (end > 0 && !EndsALine(_file))
                _file.WriteByte((byte)'\n');
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TEntry? Find(TKey key)
    {
        lock (_entries)
            return _entries.GetValueOrDefault(key);
    }

    public IReadOnlyCollection<TEntry> All
    {
        get
        {
            lock (_entries)
                return [.. _entries.Values];
        }
    }

    public void Add(TEntry entry)
    {
        FileStream file = _file ?? throw new InvalidOperationException("The log was opened to be read.");
        lock (_entries)
        {
            _entries[_keyOf(entry)] = entry;
            file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, _json) + "\n"));
            file.Flush(flushToDisk: true);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock?.Dispose();
    }

    /// <returns>The bytes that hold whole lines, the last of which may lack its end.</returns>
    private long Read(string path, FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1, number = 0;
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Read(path, ++number, line);
        string last = Encoding.UTF8.GetString(bytes, end, bytes.Length - end);
        if (last.Length == 0 || IsHalf(last))
            return end;
        Read(path, number + 1, last);
        return bytes.Length;
    }

    private static bool EndsALine(FileStream file)
    {
        file.Position--;
        return file.ReadByte() == '\n';
    }

    private void Read(string path, int number, string line)
    {
        try
        {
            TEntry entry = JsonSerializer.Deserialize<TEntry>(line, _json) ?? throw new JsonException("found null.");
            _entries[_keyOf(entry)] = entry;
        }
        catch (JsonException e)
        {
            throw new IOException($"{path} line {number}: expected a training as this program writes it; {e.Message}", e);
        }
    }

    // What begins as a line does and isn't whole. Anything else is another's file, of which nothing is dropped.
    private static bool IsHalf(string line)
    {
        try
        {
            using JsonDocument whole = JsonDocument.Parse(line);
            return false;
        }
        catch (JsonException)
        {
            return line.StartsWith('{');
        }
    }
}
