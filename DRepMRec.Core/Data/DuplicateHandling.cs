using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>The treatment of user-item pairs that occur more than once, in one set or in two.</summary>
[JsonConverter(typeof(EnumNameConverter<DuplicateHandling>))]
public enum DuplicateHandling
{
    /// <summary>Refuse the data with a message that names both places.</summary>
    Reject,

    /// <summary>
    /// Keep the first occurrence and drop the later ones. Where they have other labels or timestamps the order of the rows matters; the
    /// summary counts them. With a split by time only rows with a timestamp are occurrences; others are bad rows.
    /// </summary>
    KeepFirst,

    /// <summary>
    /// Keep the last occurrence and drop the earlier ones; the order of the rows matters as with <see cref="KeepFirst"/>.
    /// </summary>
    KeepLast,

    /// <summary>
    /// Merge them into one interaction, whose weight is the sum of theirs (their number, when nothing gives weights; at most 1e20), and
    /// whose timestamp is the latest. The order of the rows doesn't matter. With a split by label occurrences with different labels are bad
    /// rows, all but those with the lowest, where bad rows are skipped.
    /// </summary>
    Sum,
}
