using System.Globalization;
using System.Text.Json.Serialization;

namespace DRepMRec.Data;

/// <summary>A column of a delimited file, by its name in the header or its position. Text and whole numbers convert to it.</summary>
[JsonConverter(typeof(ColumnConverter))]
public readonly record struct Column
{
    /// <summary>A column by its name.</summary>
    /// <param name="name">The name as it stands in the header.</param>
    public Column(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>A column by its position.</summary>
    /// <param name="index">From 0.</param>
    public Column(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Index = index;
    }

    /// <summary>The name, or <see langword="null"/> when the column is given by its position.</summary>
    public string? Name { get; }

    /// <summary>The position from 0; without meaning when there is a name.</summary>
    public int Index { get; }

    /// <summary>A column by its name.</summary>
    /// <param name="name">The name as it stands in the header.</param>
    public static implicit operator Column(string name) => new(name);

    /// <summary>A column by its position.</summary>
    /// <param name="index">From 0.</param>
    public static implicit operator Column(int index) => new(index);

    /// <inheritdoc/>
    public override string ToString() => Name ?? Index.ToString(CultureInfo.InvariantCulture);
}
