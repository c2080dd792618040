namespace DRepMRec.Data;

/// <summary>
/// A multimodal recommendation dataset: users and items by raw id, interactions split into training, validation and test, and item features
/// per modality.
/// </summary>
/// <remarks>Immutable, holds no native memory, and is safe for use by many threads.</remarks>
/// <example>
/// <code>
/// RecDataset data = RecDataset.Load("data/tiktok");
/// Console.WriteLine(data.Summarize());
/// </code>
/// </example>
public sealed partial class RecDataset
{
    /// <summary>Puts a dataset together from its parts.</summary>
    /// <param name="name">A name for reports.</param>
    /// <param name="users">The users; every user of an interaction is among them.</param>
    /// <param name="items">The items, with items that occur in validation or test alone, or have only features.</param>
    /// <param name="splits">The three sets of interactions; no pair may be in two of them.</param>
    /// <param name="features">One entry per modality; empty when there is no content.</param>
    /// <exception cref="ArgumentException">The parts don't fit together; the message has both numbers.</exception>
    public RecDataset(string name, IdMap users, IdMap items, InteractionSplits splits, IReadOnlyList<ItemFeatures>? features = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(splits);
        features ??= [];
        foreach (var (set, label) in new[] { (splits.Train, "training"), (splits.Validation, "validation"), (splits.Test, "test") })
        {
            if (set.UserCount != users.Count || set.ItemCount != items.Count)
            {
                throw new ArgumentException($"The {label} interactions are over {set.UserCount} users and {set.ItemCount} items; "
                    + $"the dataset has {users.Count} and {items.Count}.", nameof(splits));
            }
        }

        ThrowIfOverlapping(splits.Train, splits.Validation, "training and validation");
        ThrowIfOverlapping(splits.Train, splits.Test, "training and test");
        ThrowIfOverlapping(splits.Validation, splits.Test, "validation and test");
        foreach (ItemFeatures modality in features)
        {
            if (modality.ItemCount != items.Count)
            {
                throw new ArgumentException(
                    $"Modality {modality.Modality} has {modality.ItemCount} rows; the dataset has {items.Count} items.", nameof(features));
            }
        }

        if (features.DistinctBy(f => f.Modality).Count() != features.Count)
        {
            throw new ArgumentException($"Each modality must occur once; got {string.Join(", ", features.Select(f => f.Modality))}.",
                nameof(features));
        }

        Name = name;
        Users = users;
        Items = items;
        Splits = splits;
        Features = [.. features.OrderBy(f => f.Modality.Name, StringComparer.Ordinal)];
    }

    /// <summary>A name for reports, such as that of the file it came from.</summary>
    public string Name { get; }

    /// <summary>The U users: raw id to index and back.</summary>
    public IdMap Users { get; }

    /// <summary>The I items: raw id to index and back.</summary>
    public IdMap Items { get; }

    /// <summary>The three sets of interactions.</summary>
    public InteractionSplits Splits { get; }

    /// <summary>The interactions to learn from.</summary>
    public InteractionSet Train => Splits.Train;

    /// <summary>The interactions that choices are made on.</summary>
    public InteractionSet Validation => Splits.Validation;

    /// <summary>The interactions that the final figures are read from, once.</summary>
    public InteractionSet Test => Splits.Test;

    /// <summary>The item features, one entry per modality, in the order of their names.</summary>
    public IReadOnlyList<ItemFeatures> Features { get; }

    /// <summary>What became of the rows that the dataset was read from.</summary>
    /// <value><see langword="null"/> for a dataset that no reader made.</value>
    public LoadReport? Report { get; internal init; }

    /// <summary>
    /// The raw fields of items that the dataset was read with. Recommenders that are built of a model have what can be shown of them as
    /// metadata, that of items without interactions too.
    /// </summary>
    /// <value><see langword="null"/> where none were given.</value>
    public ItemTable? ItemTable { get; internal init; }

    /// <summary>The reader's notes on passed-over data, for <see cref="DatasetSummary.Notes"/> and the log of a training.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Those of them that are about the split.</summary>
    internal IReadOnlyList<string> NotesOnSplit { get; init; } = [];

    private static void ThrowIfOverlapping(InteractionSet left, InteractionSet right, string labels)
    {
        for (int u = 0; u < right.UserCount; u++)
        {
            foreach (int item in right.ItemsOf(u))
            {
                if (left.Contains(u, item))
                    throw new ArgumentException($"No pair may be in two sets; got the pair ({u}, {item}) in {labels}.", "splits");
            }
        }
    }
}
