using System.Text;

namespace DRepMRec.Internals;

/// <summary>Makes text from files fit to be quoted in a message: on one line, with visible tabs, and not too long.</summary>
internal static class Shown
{
    private const int MaxLength = 80;
    private const int MaxListLength = 400;

    /// <summary>The text in single quotes, with control characters escaped, cut after 80 characters.</summary>
    public static string Text(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder("'");
        foreach (char c in text[..Math.Min(text.Length, MaxLength)])
        {
            _ = c switch
            {
                '\t' => shown.Append("\\t"),
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                _ when char.IsControl(c) => shown.Append($"\\u{(int)c:x4}"),
                _ => shown.Append(c),
            };
        }

        return shown.Append(text.Length > MaxLength ? "…'" : "'").ToString();
    }

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

    /// <summary>A message of somebody else's, which may quote the input, cut after 400 characters.</summary>
    public static string Message(string message) => message.Length <= MaxListLength ? message : message[..MaxListLength] + "…";
}
