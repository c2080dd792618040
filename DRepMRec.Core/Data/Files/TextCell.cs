using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace DRepMRec.Data;

/// <summary>One value of a table as text, written into memory that is used again.</summary>
internal sealed class TextCell
{
    /// <summary>What stands between the values of a list.</summary>
    public const char ListSeparator = '\u001F';

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

    /// <returns>Whether it is a list of single values. <see langword="null"/> within it is a blank.</returns>
    public bool TrySetList(IEnumerable list)
    {
        if (list is IDictionary or Array { Rank: > 1 })
            return false;
        var value = new TextCell();
        var text = new StringBuilder();
        bool isFirst = true;
        foreach (object? one in list)
        {
            if (IsList(one))
                return false;
            value.Set(one);
            text.Append(isFirst ? "" : ListSeparator.ToString()).Append(value.Text);
            isFirst = false;
        }

        Set(text.ToString());
        return true;
    }

    public void Set(object? value)
    {
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

    private void Format<T>(T value, ReadOnlySpan<char> format) where T : ISpanFormattable
    {
        while (!value.TryFormat(_buffer, out _length, format, CultureInfo.InvariantCulture))
            _buffer = new char[_buffer.Length * 2];
    }
}
