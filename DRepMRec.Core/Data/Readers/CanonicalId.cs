using System.Globalization;

namespace DRepMRec.Data;

/// <summary>Raw ids that are whole numbers in their only way of writing: digits, no sign, no leading zero, at most 18 of them.</summary>
internal static class CanonicalId
{
    public static bool TryParse(ReadOnlySpan<char> id, out long value)
    {
        value = 0;
        return id.Length is > 0 and <= 18
            && (id[0] != '0' || id.Length == 1)
            && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);
}
