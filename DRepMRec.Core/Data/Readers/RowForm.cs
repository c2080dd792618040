using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Finds rows whose cells mean nothing: they are broken, of another width, or the header again.</summary>
/// <param name="rows">The table.</param>
/// <param name="width">How many columns each row has.</param>
/// <param name="names">The names of the columns, or <see langword="null"/> when there is no header.</param>
/// <param name="meant">What a row is, such as "an interaction".</param>
/// <param name="known">The columns by which the header is known again, where text can have it once more.</param>
internal sealed class RowForm(ITextRows rows, int width, IReadOnlyList<string>? names, string meant, params int[] known)
{
    /// <summary>What is wrong with the form of the current row, or <see langword="null"/>.</summary>
    public RowMistakeKind? Fault
    {
        get
        {
            if (rows.Broken is { } broken)
                return broken.Kind;
            if (rows.FieldCount != width)
                return RowMistakeKind.Columns;
            if (names is null || rows is not DelimitedText)
                return null;
            foreach (int column in known)
            {
                if (!Unmarked(rows[column]).SequenceEqual(names[column]))
                    return null;
            }

            return RowMistakeKind.Header;
        }
    }

    /// <summary>The message of the current row's fault.</summary>
    public string Message(RowMistakeKind fault)
    {
        if (rows.Broken is { } broken)
            return broken.Message;
        if (fault == RowMistakeKind.Header)
            return $"expected {meant}, found the header again: {rows.Shown}.";
        string which = names is null ? "as in the first line" : $"({Shown.List(names)})";
        return $"expected {width} {rows.Separated}columns {which}, found {rows.FieldCount}: {rows.Shown}.";
    }

    // A file that was joined to another has its byte order mark before its first cell, and before the quotes around that.
    private static ReadOnlySpan<char> Unmarked(ReadOnlySpan<char> cell)
        => cell is ['\uFEFF', ..] ? cell.TrimStart('\uFEFF').Trim('"') : cell;
}
