using System.Globalization;
using System.Text;
using System.Text.Json;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Reads a JSON object of users with lists of items, <c>{"user": [item, …], …}</c>, piece by piece, whatever its size.</summary>
/// <remarks>
/// Items are whole numbers of any length or strings; other single values among them are mistakes, and lists or objects another format.
/// Lines are counted at '\n'.
/// </remarks>
internal sealed class JsonInteractionFile(Stream stream, string file, double label)
{
    private const int MaxTokenLength = 1 << 28;

    private byte[] _buffer = new byte[1 << 16];
    private long _line = 1;
    private string? _user;
    private bool _inList;

    public static void ReadInto(InteractionLog log, string path, double label)
    {
        using WatchedFile stream = Files.OpenRead(path, bufferSize: 1, FileOptions.SequentialScan);
        new JsonInteractionFile(stream, Path.GetFileName(path), label).ReadInto(log);
    }

    public void ReadInto(InteractionLog log)
    {
        log.BeginFile(file, "line");
        var state = new JsonReaderState();
        int held = 0;
        bool first = true;
        while (true)
        {
            int read = stream.Read(_buffer.AsSpan(held));
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, held + read);
            if (first && bytes.StartsWith("\uFEFF"u8))
                bytes = bytes[3..];
            if (first && bytes.IsEmpty)
                throw Error("expected a JSON object of users with lists of items, found an empty file.");
            first = false;

            var reader = new Utf8JsonReader(bytes, isFinalBlock: read == 0, state);
            int consumed = ReadTokens(ref reader, bytes, log);
            state = reader.CurrentState;
            if (read == 0)
                return;
            held = bytes.Length - consumed;
            if (held > MaxTokenLength)
                throw Error(string.Create(CultureInfo.InvariantCulture, $"expected ids of at most {MaxTokenLength:N0} bytes, found more."));
            if (held == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            bytes[consumed..].ToArray().CopyTo(_buffer, 0);
        }
    }

    private int ReadTokens(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, InteractionLog log)
    {
        int counted = 0;
        try
        {
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                _line += bytes[counted..start].Count((byte)'\n');
                counted = start;
                ReadToken(ref reader, log);
            }
        }
        catch (JsonException exception)
        {
            long line = exception.LineNumber + 1 ?? _line;
            throw new DatasetFormatException("expected a JSON object of users with lists of items, found JSON that is broken.", file, line,
                exception);
        }
        catch (InvalidOperationException exception)
        {
            // The text of a string is looked at when it is asked for.
            throw new DatasetFormatException(
                "expected ids in UTF-8, found bytes that aren't, or an escape of half a surrogate pair.", file, _line, exception);
        }

        int consumed = (int)reader.BytesConsumed;
        _line += bytes[counted..consumed].Count((byte)'\n');
        return consumed;
    }

    private void ReadToken(ref Utf8JsonReader reader, InteractionLog log)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when reader.CurrentDepth == 0:
            case JsonTokenType.EndObject:
                break;
            case JsonTokenType.PropertyName:
                _user = reader.GetString()!;
                if (RawId.WhatIsWrong(_user) is null) // Otherwise each of its items is a mistake.
                    log.Users.Declare(_user);
                break;
            case JsonTokenType.StartArray when _user is not null && !_inList:
                _inList = true;
                break;
            case JsonTokenType.EndArray:
                _inList = false;
                break;
            case JsonTokenType.String when _inList:
                Add(log, reader.GetString());
                break;
            case JsonTokenType.Number when _inList:
                string item = Encoding.UTF8.GetString(reader.ValueSpan);
                if (CanonicalId.IsWholeNumber(item))
                {
                    Add(log, item);
                    break;
                }

                Mistake(log, $"expected a whole number or a string as item id of user {Shown.Text(_user)}, found {Shown.Message(item)}.");
                break;
            case JsonTokenType.Null or JsonTokenType.True or JsonTokenType.False when _inList:
                Mistake(log, $"expected item ids in the list of user {Shown.Text(_user)}, found {Name(reader.TokenType)}.");
                break;
            default:
                string where = _inList ? $"item ids in the list of user {Shown.Text(_user)}"
                    : _user is null ? "a JSON object of users with lists of items" : $"a list of items for user {Shown.Text(_user)}";
                throw Error($"expected {where}, found {Name(reader.TokenType)}.");
        }
    }

    private void Add(InteractionLog log, string? item)
    {
        log.CountRow();
        log.Add(_user, item, RowValues.None with { Label = label, Line = _line });
    }

    private void Mistake(InteractionLog log, string message)
    {
        log.CountRow();
        if (log.Mistakes(RowMistakeKind.Item))
            log.Describe(RowMistakeKind.Item, _line, message);
    }

    private static string Name(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private DatasetFormatException Error(string message) => new(message, file, _line);
}
