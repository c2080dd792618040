using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>What a column of an <see cref="ItemTable"/> holds.</summary>
[JsonConverter(typeof(EnumNameConverter<ItemColumnKind>))]
public enum ItemColumnKind
{
    /// <summary>The title, to be shown and for features.</summary>
    Title,

    /// <summary>A text for features.</summary>
    Text,

    /// <summary>Any number of categories.</summary>
    Category,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A moment.</summary>
    Date,

    /// <summary>A picture.</summary>
    Image,
}
