using System.Text;

namespace DRepMRec.Internals;

/// <summary>Makes text from files fit to be quoted in a message: on one line, with visible tabs, and not too long.</summary>
internal static class Shown
{
    private const int MaxLength = 80;
    private const int MaxListLength = 400;
    private const int MaxPathLength = 600;

    /// <summary>
    /// The text in single quotes, with control characters and halves of surrogate pairs escaped, cut after 80 characters.
    /// </summary>
    public static string Text(ReadOnlySpan<char> text)
        => $"'{Escaped(text[..Math.Min(text.Length, MaxLength)])}{(text.Length > MaxLength ? "…" : "")}'";

    /// <summary>The entries with commas between them, cut after 400 characters.</summary>
    public static string List<T>(IEnumerable<T> entries)
    {
        var shown = new StringBuilder();
        foreach (T entry in entries)
        {
            shown.Append(shown.Length > 0 ? ", " : "").Append(entry);
            if (shown.Length > MaxListLength)
                return shown.ToString(0, MaxListLength) + "…";
        }

        return shown.ToString();
    }

    /// <summary>A message of somebody else's, which may quote the input: escaped, and cut after 400 characters.</summary>
    public static string Message(string message)
    {
        string escaped = Escaped(message.AsSpan(0, Math.Min(message.Length, MaxListLength + 1)));
        return escaped.Length > MaxListLength ? escaped[..MaxListLength] + "…" : escaped;
    }

    /// <summary>A path, escaped; of a very long one the end.</summary>
    public static string Path(string path)
    {
        string escaped = Escaped(path.AsSpan(Math.Max(0, path.Length - MaxPathLength - 1)));
        return escaped.Length > MaxPathLength ? "…" + escaped[^MaxPathLength..] : escaped;
    }

    private static string Escaped(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder(text.Length);
        for (int n = 0; n < text.Length; n++)
        {
            char c = text[n];
            _ = c switch
            {
                '\t' => shown.Append("\\t"),
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                _ when char.IsHighSurrogate(c) && n + 1 < text.Length && char.IsLowSurrogate(text[n + 1])
                    => shown.Append(c).Append(text[++n]),
                _ when char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' => shown.Append($"\\u{(int)c:x4}"),
                _ => shown.Append(c),
            };
        }

        return shown.ToString();
    }
}
