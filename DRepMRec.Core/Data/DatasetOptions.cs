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
    /// The default, <see langword="null"/>, takes the split that the data brings: <see cref="SplitStrategy.ByLabel"/>, where the test set
    /// may be empty, and where a validation set that is missing beside a test set is drawn, a tenth of each user's training interactions
    /// with the seed 2024. Where the data brings none, <see cref="SplitStrategy.RandomPerUser"/> with shares of 0.1 and the seed 2024.
    /// </value>
    public SplitStrategy? Split { get; init; }

    /// <summary>The treatment of user-item pairs that occur more than once.</summary>
    /// <value>
    /// The default, <see langword="null"/>, is <see cref="DuplicateHandling.Sum"/> for delimited files, JSON lines, Parquet and databases,
    /// where repeats are the rule, and <see cref="DuplicateHandling.Reject"/> for published layouts and interactions in memory.
    /// </value>
    public DuplicateHandling? Duplicates { get; init => field = value is { } handling ? Guard.Defined(handling) : null; }

    /// <summary>The treatment of rows that can't be read, or that lack the timestamp or label that the split goes by.</summary>
    /// <value>The default is <see cref="BadRowHandling.Stop"/>.</value>
    public BadRowHandling BadRows { get; init => field = Guard.Defined(value); }

    /// <summary>
    /// The raw ids of the items that are offered: interactions with others are left out, and <see cref="LoadReport.Catalogue"/> counts
    /// them. Items of the catalogue without interactions are in the dataset when they have features. A modality of which no row is of an
    /// item of the catalogue is left out, with a note.
    /// </summary>
    /// <value>At least one id. The default, <see langword="null"/>, takes all items.</value>
    public IReadOnlyCollection<string>? Catalogue
    {
        get;
        init
        {
            if (value is { Count: 0 })
                throw new ArgumentException($"{nameof(Catalogue)} must have at least one entry.", nameof(Catalogue));
            field = value is null ? null : Guard.NoneNull(value);
        }
    }

    /// <summary>Interactions with a rating below this are left out, as if they weren't there, whatever else is in their rows.</summary>
    /// <value>Finite. The default, <see langword="null"/>, keeps all. When it is set, every interaction must have a rating.</value>
    public double? MinimumRating
    {
        get;
        init => field = value is null || double.IsFinite(value.Value) ? value
            : throw new ArgumentOutOfRangeException(nameof(MinimumRating), value, $"{nameof(MinimumRating)} must be finite.");
    }

    /// <summary>
    /// The most rows of interactions that are read: a table with more is refused, a Parquet file by its own word before any is unpacked. A
    /// file that is compressed, as Parquet is, may have far more rows than its size tells; set this for files of others.
    /// </summary>
    /// <value>At least 1. The default, <see langword="null"/>, reads all.</value>
    public long? MaxRows { get; init => field = value is { } rows ? Guard.Positive(rows) : null; }
}
