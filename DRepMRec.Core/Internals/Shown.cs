using System.Globalization;
using System.Text;

namespace DRepMRec.Internals;

/// <summary>
/// Makes text that came from outside fit to be quoted in a message: on one line, not too long, and with everything escaped that a terminal
/// or a log would act on: control characters, invisible format characters, line and paragraph separators, and halves of surrogate pairs.
/// </summary>
internal static class Shown
{
    /// <summary>The length that a whole message stays below.</summary>
    public const int MaxMessageLength = 4000;

    private const int MaxTextLength = 80;
    private const int MaxListLength = 400;
    private const int MaxNameLength = 260;

    /// <summary>The text in single quotes, cut after 80 characters.</summary>
    public static string Text(ReadOnlySpan<char> text)
    {
        bool whole = text.Length <= MaxTextLength;
        return $"'{Escape(whole ? text : text[..MaxTextLength], keepLines: false)}{(whole ? "" : "…")}'";
    }

    /// <summary>A path or the name of a file, without quotes; of a long one the end, which tells files apart.</summary>
    public static string Name(string name)
    {
        string shown = Escape(name, keepLines: false);
        return shown.Length <= MaxNameLength ? shown : string.Concat("…", shown.AsSpan(shown.Length - MaxNameLength));
    }

    /// <summary>The entries with commas between them, cut after 400 characters.</summary>
    public static string List<T>(IEnumerable<T> entries)
    {
        var shown = new StringBuilder();
        foreach (T entry in entries)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{entry}");
            shown.Append(shown.Length > 0 ? ", " : "").Append(
                Escape(text.AsSpan(0, Math.Min(text.Length, MaxListLength)), keepLines: false));
            if (shown.Length > MaxListLength)
                return Cut(shown.ToString(), MaxListLength);
        }

        return shown.ToString();
    }

    /// <summary>A message of somebody else's, which may quote the input, cut after 400 characters.</summary>
    public static string Message(string message)
        => Cut(Escape(message.AsSpan(0, Math.Min(message.Length, MaxListLength + 1)), keepLines: false), MaxListLength);

    /// <summary>A message of our own, as the constructor of an exception passes it on: shorter than 4,000 characters.</summary>
    /// <param name="message">The message.</param>
    /// <param name="keepLines">Whether line breaks are the message's own and stay.</param>
    public static string Whole(string message, bool keepLines = false)
        => Cut(Escape(message.AsSpan(0, Math.Min(message.Length, MaxMessageLength)), keepLines), MaxMessageLength - 2);

    private static string Cut(string shown, int length) => shown.Length <= length ? shown : shown[..length] + "…";

    private static string Escape(ReadOnlySpan<char> text, bool keepLines)
    {
        StringBuilder? shown = null;
        for (int i = 0, consumed; i < text.Length; i += consumed)
        {
            bool isWhole = Rune.DecodeFromUtf16(text[i..], out Rune rune, out consumed) == System.Buffers.OperationStatus.Done;
            if (isWhole && (IsHarmless(rune) || (keepLines && rune.Value == '\n')))
            {
                shown?.Append(text.Slice(i, consumed));
                continue;
            }

            shown ??= new StringBuilder(text.Length + 16).Append(text[..i]);
            _ = (isWhole ? rune.Value : text[i]) switch
            {
                '\t' => shown.Append("\\t"),
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                int code and > char.MaxValue => shown.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
                int code => shown.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
            };
        }

        return shown?.ToString() ?? text.ToString();
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
