using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The rules of raw ids, wherever they come in.</summary>
internal static class RawId
{
    /// <summary>Says why a text can't be a raw id: it's blank, or isn't Unicode text, which no file could hold.</summary>
    /// <returns>The finding, for a message, or <see langword="null"/> when the text is a raw id.</returns>
    public static string? WhatIsWrong(ReadOnlySpan<char> id)
    {
        if (id.IsWhiteSpace())
            return "a blank";
        for (int i = 0; i < id.Length; i++)
        {
            if (!char.IsSurrogate(id[i]))
                continue;
            if (i + 1 == id.Length || !char.IsSurrogatePair(id[i], id[i + 1]))
                return $"{Shown.Text(id)}, which has half of a surrogate pair";
            i++;
        }

        return null;
    }

    /// <summary>A number that a raw id always gives (FNV-1a over its UTF-16 code units).</summary>
    public static ulong Hash(string id)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in id)
            hash = (hash ^ c) * 0x100000001B3;
        return hash;
    }

    /// <summary>The hash after the last step of MurmurHash3, so that ids that look alike lie far apart.</summary>
    public static ulong TieKey(string id)
    {
        ulong key = Hash(id);
        key = (key ^ (key >> 33)) * 0xFF51AFD7ED558CCD;
        key = (key ^ (key >> 33)) * 0xC4CEB9FE1A85EC53;
        return key ^ (key >> 33);
    }
}
