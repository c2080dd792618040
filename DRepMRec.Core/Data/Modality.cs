using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>A kind of item content, such as image, text or audio. Two modalities are equal when their names are.</summary>
[JsonConverter(typeof(ParsableConverter<Modality>))]
public readonly record struct Modality : IParsable<Modality>
{
    /// <summary>Creates a modality.</summary>
    /// <param name="name">Its name, as in file names: at most 64 letters, digits, '-' and '_', kept in lower case.</param>
    /// <exception cref="ArgumentException">The name is empty, too long or has another character.</exception>
    public Modality(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsName(name))
        {
            throw new ArgumentException(
                $"A modality's name has at most 64 letters, digits, '-' and '_'; got {Internals.Shown.Text(name)}.", nameof(name));
        }

        Name = name.ToLowerInvariant();
    }

    /// <summary>The name, in lower case.</summary>
    public string Name => field ?? "";

    /// <summary>Pictures of the item.</summary>
    public static Modality Image { get; } = new("image");

    /// <summary>Titles, descriptions, reviews.</summary>
    public static Modality Text { get; } = new("text");

    /// <summary>Sound.</summary>
    public static Modality Audio { get; } = new("audio");

    /// <summary>Moving pictures.</summary>
    public static Modality Video { get; } = new("video");

    static Modality IParsable<Modality>.Parse(string s, IFormatProvider? provider) => new(s);

    static bool IParsable<Modality>.TryParse(string? s, IFormatProvider? provider, out Modality result)
    {
        bool isName = IsName(s);
        result = isName ? new Modality(s!) : default;
        return isName;
    }

    /// <summary>Whether a text is the name of a modality.</summary>
    internal static bool IsName(string? text)
        => text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <inheritdoc/>
    public override string ToString() => Name;
}
