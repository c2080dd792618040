using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>What a <see cref="TextEncoder"/> makes of which columns.</summary>
public sealed record TextEncoderOptions
{
    /// <summary>The modality of the features.</summary>
    /// <value>The default is <see cref="Modality.Text"/>.</value>
    public Modality Modality { get; init; } = Modality.Text;

    /// <summary>The columns: titles, texts and, if they're named, categories. They are read as one text, in this order.</summary>
    /// <value>At least one name. The default, <see langword="null"/>, takes the title and all texts.</value>
    public IReadOnlyList<string>? Columns { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>How texts become numbers.</summary>
    /// <value>The default is <see cref="TextFeatureOptions"/> as it is.</value>
    public TextFeatureOptions Features { get; init => field = Guard.NotNull(value); } = new();
}
