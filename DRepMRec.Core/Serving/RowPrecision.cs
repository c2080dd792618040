using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>How the rows of users and items are held, in memory and in the file.</summary>
[JsonConverter(typeof(EnumNameConverter<RowPrecision>))]
public enum RowPrecision
{
    /// <summary>4 bytes a number.</summary>
    Single,

    /// <summary>
    /// 1 byte a number and 4 bytes a row: each number is rounded to one of 255 multiples of the row's scale, a 127th of its largest number,
    /// and so moves by at most a 254th of that.
    /// </summary>
    Int8,
}
