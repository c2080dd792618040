using System.Globalization;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Raw ids that are one to the eye. They compare by their exact characters, so that such ids are several users or items; nobody is to find
/// that out from figures.
/// </summary>
internal static class IdSpellings
{
    /// <summary>What two ids differ by that have one simple spelling, for messages.</summary>
    public const string Differences = "blanks, case, Unicode form, leading zeros, '+' or '.0' alone";

    private const string ZeroFraction = ".0";

    /// <summary>
    /// The id without blanks around it, invisible characters, a sign '+', leading zeros and ".0", in lower case and in Unicode's form C.
    /// </summary>
    public static string Simplify(string id)
    {
        if (CanonicalId.IsWholeNumber(id))
            return id;
        string simple = IsPlain(id) ? id : new string([.. id.Where(c => !IsInvisible(c))]).Normalize(NormalizationForm.FormC);
        simple = simple.Trim().ToLowerInvariant();
        if (simple.EndsWith(ZeroFraction, StringComparison.Ordinal))
            simple = simple[..^ZeroFraction.Length];
        ReadOnlySpan<char> digits = simple.StartsWith('+') ? simple.AsSpan(1) : simple;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return simple;
        ReadOnlySpan<char> significant = digits.TrimStart('0');
        return significant.IsEmpty ? "0" : significant.Length == simple.Length ? simple : significant.ToString();
    }

    /// <summary>Takes down how many ids differ from another one in spelling alone.</summary>
    public static void NoteAlike(InteractionLog log, IdCollector ids, string kind)
    {
        var firsts = new Dictionary<string, int>(ids.Count, StringComparer.Ordinal);
        int alike = 0;
        (string, string) example = default;
        for (int number = 0; number < ids.Count; number++)
        {
            string simple = Simplify(ids[number]);
            if (firsts.TryAdd(simple, number))
                continue;
            if (alike++ == 0)
                example = (ids[firsts[simple]], ids[number]);
        }

        if (alike > 0)
        {
            log.Note(string.Create(CultureInfo.InvariantCulture, $"{kind}: {alike:N0} ids differ from another one by {Differences}, such "
                + $"as {Shown.Text(example.Item1)} and {Shown.Text(example.Item2)}; each counts by itself"));
        }
    }

    // Most ids are, and then nothing is copied.
    private static bool IsPlain(string id) => !id.AsSpan().ContainsAnyExceptInRange(' ', '~');

    // U+FFFE, which no text has, would be an exception of Normalize.
    private static bool IsInvisible(char c)
        => c == '\uFFFE' || char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
