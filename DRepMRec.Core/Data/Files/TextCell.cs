using System.Globalization;

namespace DRepMRec.Data;

/// <summary>One value of a table as text, written into memory that is used again.</summary>
internal sealed class TextCell
{
    private char[] _buffer = new char[64];
    private string? _string;
    private int _length;

    public ReadOnlySpan<char> Text => _string is null ? _buffer.AsSpan(0, _length) : _string;

    public void Set(object? value)
    {
        _string = value switch
        {
            null => "",
            string text => text,
            char[] text => new string(text),
            byte[] bytes => Convert.ToHexStringLower(bytes),
            _ => null,
        };
        switch (value)
        {
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
