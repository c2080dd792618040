using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>What a <see cref="CategoryEncoder"/> makes of which columns.</summary>
public sealed record CategoryEncoderOptions
{
    /// <summary>The modality of the features.</summary>
    /// <value>The default is "category".</value>
    public Modality Modality { get; init; } = new("category");

    /// <summary>The columns of categories.</summary>
    /// <value>At least one name. The default, <see langword="null"/>, takes all.</value>
    public IReadOnlyList<string>? Columns { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>Categories of fewer items are left out, as they tell nothing about another item.</summary>
    /// <value>At least 1. The default is 2.</value>
    public int MinItems { get; init => field = Guard.Positive(value); } = 2;

    /// <summary>The most categories of all columns together, those of the most items first. Each is a feature of every item.</summary>
    /// <value>At least 1. The default is 512.</value>
    public int MaxCategories { get; init => field = Guard.Positive(value); } = 512;
}
