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
    /// summary counts them.
    /// </summary>
    KeepFirst,
}
