using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>How texts become numbers: see <see cref="TextFeatures"/>.</summary>
public sealed record TextFeatureOptions
{
    /// <summary>
    /// The most features d per text. There are fewer of fewer than 8 d different texts: one for every eight of them, and eight at least, as
    /// more are noise once they're standardised.
    /// </summary>
    /// <value>At least 1. The default is 128.</value>
    public int MaxDimension { get; init => field = Guard.Positive(value); } = 128;

    /// <summary>The shortest piece of a word, its two ends counted as characters.</summary>
    /// <value>At least 2. The default is 3.</value>
    public int MinCharacters { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 3;

    /// <summary>The longest piece of a word; below <see cref="MinCharacters"/>: whole words alone.</summary>
    /// <value>0 or more. The default is 5.</value>
    public int MaxCharacters { get; init => field = Guard.NotNegative(value); } = 5;

    /// <summary>Words and pieces of fewer texts are left out.</summary>
    /// <value>At least 1. The default is 2.</value>
    public int MinTexts { get; init => field = Guard.Positive(value); } = 2;

    /// <summary>The most words and pieces that are kept, those of the most texts first. Each costs 4 d bytes.</summary>
    /// <value>At least 1. The default is 50,000.</value>
    public int MaxTerms { get; init => field = Guard.Positive(value); } = 50_000;

    /// <summary>The seed of the directions that the search for the largest singular values begins with.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
