using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>
/// The treatment of rows that can't be read. Either way all rows are looked at, and <see cref="LoadReport"/> counts the mistakes.
/// </summary>
[JsonConverter(typeof(EnumNameConverter<BadRowHandling>))]
public enum BadRowHandling
{
    /// <summary>Refuse the data, with all kinds of mistakes and the first places of each in the message.</summary>
    Stop,

    /// <summary>Leave such rows out; <see cref="RecDataset.Report"/> has them.</summary>
    Skip,
}
