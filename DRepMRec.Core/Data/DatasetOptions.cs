using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>How a dataset is put together from what its files hold.</summary>
public sealed record DatasetOptions
{
    /// <summary>The dataset's name in reports.</summary>
    /// <value>Not empty. The default, <see langword="null"/>, takes the name of the interactions file or of the folder.</value>
    public string? Name { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>How the interactions are split into training, validation and test.</summary>
    /// <value>
    /// The default, <see langword="null"/>, takes the split that the data brings (<see cref="SplitStrategy.ByLabel"/>, where validation or
    /// test may be empty) and, where it brings none, <see cref="SplitStrategy.RandomPerUser"/> with shares of 0.1 and the seed 2024.
    /// </value>
    public SplitStrategy? Split { get; init; }

    /// <summary>The treatment of user-item pairs that occur more than once.</summary>
    /// <value>The default is <see cref="DuplicateHandling.Reject"/>.</value>
    public DuplicateHandling Duplicates { get; init => field = Guard.Defined(value); }

    /// <summary>Interactions with a rating below this are left out, as if they weren't there.</summary>
    /// <value>Finite. The default, <see langword="null"/>, keeps all. When it is set, every interaction must have a rating.</value>
    public double? MinimumRating
    {
        get;
        init => field = value is null || double.IsFinite(value.Value) ? value
            : throw new ArgumentOutOfRangeException(nameof(MinimumRating), value, $"{nameof(MinimumRating)} must be finite.");
    }
}
