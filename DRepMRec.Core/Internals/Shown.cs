using System.Text;

namespace DRepMRec.Internals;

/// <summary>Makes text from files fit to be quoted in a message: on one line, with visible tabs, and not too long.</summary>
internal static class Shown
{
    private const int MaxLength = 80;

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
}
