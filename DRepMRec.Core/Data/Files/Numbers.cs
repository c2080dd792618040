using System.Globalization;

namespace DRepMRec.Data;

/// <summary>Numbers in cells of text.</summary>
internal static class Numbers
{
    private const int MaxExactDigits = 15;

    /// <summary>Reads a finite number in the invariant culture.</summary>
    public static bool TryRead(ReadOnlySpan<char> cell, out double value)
        => TryReadDigits(cell, out value)
            || (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)
                && !cell.Contains('\0')); // The parser passes over zero characters at the end.

    // Most are short and whole.
    private static bool TryReadDigits(ReadOnlySpan<char> cell, out double value)
    {
        value = 0;
        if (cell.Length is 0 or > MaxExactDigits)
            return false;
        foreach (char c in cell)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
