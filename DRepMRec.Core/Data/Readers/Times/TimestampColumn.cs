using System.Globalization;

namespace DRepMRec.Data;

/// <summary>
/// Reads the cells of a column of timestamps. Unless it is told how, the first cell that can be read decides, by the rule of
/// <see cref="TimestampFormat.Detect"/>, and the others must be of that kind.
/// </summary>
/// <param name="format">How the cells are read.</param>
/// <param name="takesNumbers">Whether a number that is too small for a time of the clock is a timestamp where the cells decide.</param>
internal sealed class TimestampColumn(TimestampFormat format, bool takesNumbers = true)
{
    private const decimal MinSeconds = 1e8m;
    private const decimal UnitStep = 1000;
    private const int MaxLongDigits = 18;

    private readonly bool _detects = format == TimestampFormat.Detect;
    private TimestampFormat _format = format;
    private bool _hasZone;

    /// <summary>How the cells were read; <see cref="TimestampFormat.Detect"/> when none was.</summary>
    public TimestampFormat Format => _format;

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="time">The <see cref="TimeCode"/>; none for a blank cell.</param>
    /// <returns>Whether it is a timestamp of the column's format.</returns>
    public bool TryRead(ReadOnlySpan<char> cell, out long time)
    {
        time = TimeCode.None;
        cell = cell.Trim();
        if (cell.IsEmpty)
            return true;
        if (Iso8601.HasShape(cell) && _format is TimestampFormat.Iso8601 or TimestampFormat.Detect)
            return TryDate(cell, out time);
        if (_format == TimestampFormat.Iso8601)
            return false;
        return _detects ? TryDetected(cell, out time) : TryNumber(cell, _format, out time);
    }

    /// <summary>What a cell should have been.</summary>
    public string Expected => (_format, _detects) switch
    {
        (TimestampFormat.Detect, _) => "a date such as 2024-01-31T18:30:00Z or a number",
        (TimestampFormat.Iso8601, true) => $"a date {(_hasZone ? "with" : "without")} a zone",
        (TimestampFormat.Iso8601, false) => "a date such as 2024-01-31T18:30:00Z",
        (TimestampFormat.Number, true) => "a number below 100,000,000",
        (TimestampFormat.Number, false) => "a number",
        _ => $"a number in {_format.ToString().ToLowerInvariant()}",
    };

    /// <summary>Why it should, to be said after it, or nothing.</summary>
    public string Reason => _detects && _format != TimestampFormat.Detect ? ", like those before" : "";

    private bool TryDate(ReadOnlySpan<char> cell, out long time)
    {
        if (!Iso8601.TryRead(cell, out long nanoseconds, out bool hasZone))
        {
            time = TimeCode.None;
            return false;
        }

        time = nanoseconds;
        if (_format == TimestampFormat.Detect)
            (_format, _hasZone) = (TimestampFormat.Iso8601, hasZone);
        return !_detects || hasZone == _hasZone;
    }

    private bool TryDetected(ReadOnlySpan<char> cell, out long time)
    {
        time = TimeCode.None;
        if (!decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) || cell.Contains('\0'))
            return false;
        TimestampFormat unit = UnitOf(value);
        if ((unit == TimestampFormat.Number && !takesNumbers) || !TryNumber(cell, unit, out time)
            || (_format != TimestampFormat.Detect && unit != _format))
            return false;
        _format = unit;
        return true;
    }

    private static TimestampFormat UnitOf(decimal value)
    {
        decimal size = Math.Abs(value), bound = MinSeconds;
        if (size < bound)
            return TimestampFormat.Number;
        TimestampFormat unit = TimestampFormat.Seconds;
        for (bound *= UnitStep; size >= bound && unit < TimestampFormat.Nanoseconds; bound *= UnitStep)
            unit++;
        return unit;
    }

    private static bool TryNumber(ReadOnlySpan<char> cell, TimestampFormat unit, out long time)
    {
        time = TimeCode.None;
        if (unit == TimestampFormat.Number)
        {
            if (!Numbers.TryRead(cell, out double number))
                return false;
            time = TimeCode.OfNumber(number);
            return true;
        }

        long scale = unit switch
        {
            TimestampFormat.Seconds => 1_000_000_000,
            TimestampFormat.Milliseconds => 1_000_000,
            TimestampFormat.Microseconds => 1000,
            _ => 1,
        };
        if (cell.Length <= MaxLongDigits && !cell.ContainsAnyExceptInRange('0', '9'))
        {
            long whole = long.Parse(cell, NumberStyles.None, CultureInfo.InvariantCulture);
            time = whole * scale;
            return whole <= long.MaxValue / scale;
        }

        if (!decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) || cell.Contains('\0')
            || Math.Abs(value) >= long.MaxValue / (decimal)scale)
            return false;
        time = (long)decimal.Floor(value * scale);
        return true;
    }
}
