using System.Globalization;

namespace DRepMRec.Data;

/// <summary>Raw ids that are whole numbers in their only way of writing: digits, without a sign or leading zeros.</summary>
internal static class CanonicalId
{
    private const int MaxDigits = 18;

    public static bool IsWholeNumber(ReadOnlySpan<char> id) => !id.IsEmpty && (id[0] != '0' || id.Length == 1)
        && !id.ContainsAnyExceptInRange('0', '9');

    /// <summary>Orders whole numbers by their value.</summary>
    public static int Compare(string a, string b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);

    /// <summary>The value of a whole number; <see cref="long.MaxValue"/> for one of more than 18 digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> id, out long value)
    {
        value = long.MaxValue;
        return IsWholeNumber(id)
            && (id.Length > MaxDigits || long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out value));
    }

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);
}
