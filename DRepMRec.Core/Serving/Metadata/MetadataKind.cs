using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>What the values of a column of metadata are.</summary>
[JsonConverter(typeof(EnumNameConverter<MetadataKind>))]
public enum MetadataKind
{
    /// <summary>Any number of categories per item, such as a genre or the path of a department.</summary>
    Category,

    /// <summary>A number, such as a price.</summary>
    Number,

    /// <summary>A moment, such as when the item came out.</summary>
    Date,

    /// <summary>Text to show, such as a title or the path of a picture.</summary>
    Text,
}
