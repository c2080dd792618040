namespace DRepMRec.Data;

/// <summary>
/// Reads dates in ISO 8601's extended form, and as databases write them: a blank instead of 'T', a blank before the zone.
/// </summary>
internal ref struct Iso8601
{
    public const int MinYear = 1678;
    public const int MaxYear = 2261;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int SecondsPerDay = 86_400;
    private const int DateLength = 10;
    private const int MaxFraction = 9;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private Iso8601(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Whether a text has the shape of a date, "2024-01-31", at its beginning.</summary>
    public static bool HasShape(ReadOnlySpan<char> text) => text.Length >= DateLength && text[4] == '-' && text[7] == '-';

    /// <summary>Reads a date.</summary>
    /// <param name="text">The text, without blanks around it.</param>
    /// <param name="nanoseconds">Since 1970; digits of a fraction beyond the ninth are passed over.</param>
    /// <param name="hasZone">Whether it says its zone; otherwise it is taken to be in UTC.</param>
    /// <returns>Whether it is a date from <see cref="MinYear"/> to <see cref="MaxYear"/>.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, out long nanoseconds, out bool hasZone)
    {
        nanoseconds = 0;
        hasZone = false;
        if (!HasShape(text))
            return false;
        var reader = new Iso8601(text);
        if (!reader.TryDate(out long seconds) || !reader.TryTime(ref seconds, out long fraction)
            || !reader.TryZone(ref seconds, out hasZone) || reader._at != text.Length)
            return false;
        nanoseconds = (seconds * NanosecondsPerSecond) + fraction; // 64 bits hold these years, and a zone's hours beyond them.
        return true;
    }

    private bool TryDate(out long seconds)
    {
        seconds = 0;
        if (!TryDigits(4, out int year) || !Skip('-') || !TryDigits(2, out int month) || !Skip('-') || !TryDigits(2, out int day)
            || year is < MinYear or > MaxYear || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        seconds = DaysSince1970(year, month, day) * SecondsPerDay;
        return true;
    }

    private bool TryTime(ref long seconds, out long fraction)
    {
        fraction = 0;
        if (_at == _text.Length)
            return true;
        if (!(Skip('T') || Skip('t') || Skip(' ')) || !TryDigits(2, out int hour) || !Skip(':') || !TryDigits(2, out int minute)
            || hour > 23 || minute > 59)
            return false;
        int second = 0;
        bool hasSecond = Skip(':');
        if (hasSecond && (!TryDigits(2, out second) || second > (minute % 15 == 14 ? 60 : 59))) // 60: a leap second, in its zone.
            return false;
        seconds += (hour * 3600) + (minute * 60) + second;
        return !hasSecond || !(Skip('.') || Skip(',')) || TryFraction(out fraction);
    }

    private bool TryFraction(out long fraction)
    {
        fraction = 0;
        int digits = 0;
        for (; _at < _text.Length && char.IsAsciiDigit(_text[_at]); _at++, digits++)
        {
            if (digits < MaxFraction)
                fraction = (fraction * 10) + (_text[_at] - '0');
        }

        for (int missing = digits; missing < MaxFraction; missing++)
            fraction *= 10;
        return digits > 0;
    }

    // "Z", "UTC", or hours and perhaps minutes after a sign.
    private bool TryZone(ref long seconds, out bool hasZone)
    {
        hasZone = false;
        if (_at == _text.Length)
            return true;
        if (_at == DateLength)
            return false;
        hasZone = true;
        Skip(' ');
        if (Skip('Z') || Skip('z'))
            return true;
        if (_text[_at..] is "UTC" or "GMT")
        {
            _at = _text.Length;
            return true;
        }

        int sign = Skip('+') ? 1 : Skip('-') ? -1 : 0;
        if (sign == 0 || !TryDigits(2, out int hours))
            return false;
        int minutes = 0;
        if ((Skip(':') || _at < _text.Length) && !TryDigits(2, out minutes))
            return false;
        seconds -= sign * ((hours * 3600) + (minutes * 60));
        return hours <= 23 && minutes <= 59;
    }

    private bool Skip(char c)
    {
        if (_at == _text.Length || _text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private bool TryDigits(int count, out int value)
    {
        value = 0;
        if (_at + count > _text.Length)
            return false;
        for (int end = _at + count; _at < end; _at++)
        {
            if (!char.IsAsciiDigit(_text[_at]))
                return false;
            value = (value * 10) + (_text[_at] - '0');
        }

        return true;
    }

    // With March as the first month, leap days are at the end of years.
    private static long DaysSince1970(int year, int month, int day)
    {
        int y = month > 2 ? year : year - 1, m = (month + 9) % 12;
        return (365L * y) + (y / 4) - (y / 100) + (y / 400) + (((153 * m) + 2) / 5) + day - 1 - 719_468;
    }
}
