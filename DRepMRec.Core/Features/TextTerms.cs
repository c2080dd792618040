using System.Globalization;
using System.Text;

namespace DRepMRec.Features;

/// <summary>
/// Cuts a text into terms: its words between two marks, such as <c>&lt;lamp&gt;</c>, and the pieces of each word that are shorter than it,
/// such as <c>&lt;la</c> (Bojanowski et al., TACL 2017). A word is a run of letters, digits and marks, in lower case and normal form KC.
/// </summary>
internal sealed class TextTerms(int minCharacters, int maxCharacters)
{
    private const char Begin = '<';
    private const char End = '>';

    /// <summary>Whether a term is a whole word.</summary>
    public static bool IsWord(ReadOnlySpan<char> term) => term[0] == Begin && term[^1] == End;

    /// <summary>Calls <paramref name="found"/> with each term, as often as it occurs.</summary>
    public void Visit(string text, Action<ReadOnlySpan<char>> found)
    {
        string normal = Normalize(text);
        var word = new StringBuilder();
        foreach (Rune rune in normal.EnumerateRunes())
        {
            if (BelongsToWord(rune))
            {
                word.Append(word.Length == 0 ? Begin : null).Append(rune.ToString());
                continue;
            }

            VisitWord(word, found);
        }

        VisitWord(word, found);
    }

    private void VisitWord(StringBuilder word, Action<ReadOnlySpan<char>> found)
    {
        if (word.Length == 0)
            return;
        ReadOnlySpan<char> whole = word.Append(End).ToString();
        word.Clear();
        found(whole);
        for (int length = minCharacters; length <= Math.Min(maxCharacters, whole.Length - 1); length++)
        {
            for (int start = 0; start + length <= whole.Length; start++)
            {
                if (!char.IsLowSurrogate(whole[start]) && !char.IsHighSurrogate(whole[start + length - 1]))
                    found(whole.Slice(start, length));
            }
        }
    }

    private static string Normalize(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair has no normal form, nor has U+FFFE; the words around it are as good as ever.
            return new string([.. text.Select(c => char.IsSurrogate(c) || c == '\uFFFE' ? ' ' : c)])
                .Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
    }

    private static bool BelongsToWord(Rune rune)
        => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber;
}
