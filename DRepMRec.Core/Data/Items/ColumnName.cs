using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>What a column of an item table, and so of a recommender's metadata, can be called.</summary>
internal static class ColumnName
{
    public const int MaxLength = 64;

    public static string Rule
        => $"a name of 1 to {MaxLength} characters, no control characters among them, and no blanks at its ends";

    public static bool IsSound(string name)
        => name.Length is > 0 and <= MaxLength && name == name.Trim() && !name.Any(char.IsControl) && RawId.WhatIsWrong(name) is null;

    /// <exception cref="ArgumentException">The name can't be one.</exception>
    public static string Require(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsSound(name) ? name
            : throw new ArgumentException($"A column's name has 1 to {MaxLength} characters, no control characters among them, and no "
                + $"blanks at its ends; got {Shown.Text(name)}.", nameof(name));
    }
}
