using System.Globalization;

namespace DRepMRec.Data;

/// <summary>Numbers in cells of text.</summary>
internal static class Numbers
{
    /// <summary>Reads a finite number in the invariant culture.</summary>
    public static bool TryRead(ReadOnlySpan<char> cell, out double value)
        => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)
            && !cell.Contains('\0'); // The parser passes over zero characters at the end.
}
