using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DRepMRec.Data;

/// <summary>One value of a table as text, written into memory that is used again.</summary>
internal sealed class TextCell
{
    private char[] _buffer = new char[64];
    private string? _string;
    private int _length;

    /// <summary>The value's text; of bytes their hexadecimal digits.</summary>
    public ReadOnlySpan<char> Text => Bytes is not null ? _string ??= Convert.ToHexStringLower(Bytes)
        : _string is null ? _buffer.AsSpan(0, _length) : _string;

    /// <summary>The value, if it is bytes.</summary>
    public byte[]? Bytes { get; private set; }

    /// <summary>Whether a value is made of others, as the lists, arrays and structures that databases answer are.</summary>
    public static bool IsList([NotNullWhen(true)] object? value) => value is IEnumerable and not (string or byte[] or char[]);

    /// <summary>The values of a list as text; <see langword="null"/> where it isn't one of single values.</summary>
    public static IReadOnlyList<string?>? TryReadList(IEnumerable list)
    {
        if (list is IDictionary or Array { Rank: > 1 })
            return null;
        var value = new TextCell();
        var texts = new List<string?>();
        foreach (object? one in list)
        {
            if (IsList(one))
                return null;
            value.Set(one);
            texts.Add(one is null ? null : value.Text.ToString());
        }

        return texts;
    }

    public void Set(object? value)
    {
        if (value is Stream stream)
            value = ReadAll(stream);
        Bytes = value as byte[];
        _string = value switch
        {
            null => "",
            string text => text,
            char[] text => new string(text),
            _ => null,
        };
        switch (value)
        {
            case byte[]:
                break;
            case DateTime date:
                Format(date, "O"); // Ends with "Z" in UTC, with an offset for a local time, with neither otherwise.
                break;
            case DateTimeOffset date:
                Format(date, "O");
                break;
            case DateOnly date:
                Format(date, "O");
                break;
            case bool flag:
                _string = flag ? "true" : "false";
                break;
            case ISpanFormattable number:
                Format(number, default);
                break;
            default:
                _string ??= Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                break;
        }
    }

    // Some databases, such as DuckDB, give bytes so.
    private static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    private void Format<T>(T value, ReadOnlySpan<char> format) where T : ISpanFormattable
    {
        while (!value.TryFormat(_buffer, out _length, format, CultureInfo.InvariantCulture))
            _buffer = new char[_buffer.Length * 2];
    }
}
