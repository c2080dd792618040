using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The size and the difficulty of a synthetic dataset.</summary>
public sealed record SyntheticOptions
{
    /// <summary>The dataset's name.</summary>
    /// <value>The default is "synthetic".</value>
    public string Name { get; init; } = "synthetic";

    /// <summary>The number of users U.</summary>
    /// <value>Above 0. The default is 1500.</value>
    public int Users { get; init => field = Guard.Positive(value); } = 1500;

    /// <summary>The number of items I.</summary>
    /// <value>At least two per cluster. The default is 1000.</value>
    public int Items { get; init => field = Guard.Positive(value); } = 1000;

    /// <summary>The number of clusters, the tastes that users have and items serve.</summary>
    /// <value>Above 0. The default is 25.</value>
    public int Clusters { get; init => field = Guard.Positive(value); } = 25;

    /// <summary>
    /// The mean number of interactions per user over all three sets; a few users have many more, none fewer than five where there are
    /// items enough.
    /// </summary>
    /// <value>5 to 1,000,000. The default is 14.</value>
    public double MeanInteractions { get; init => field = Guard.InRange(value, 5, 1_000_000); } = 14;

    /// <summary>How uneven the items of a cluster are: the r-th most popular one weighs 1 / r to this power.</summary>
    /// <value>0 (all alike) or above. The default is 0.7.</value>
    public double PopularityExponent { get; init => field = Guard.NotNegative(value); } = 0.7;

    /// <summary>The share of training interactions that don't follow the user's taste.</summary>
    /// <value>From 0 and below 1. The default is 0.15.</value>
    public double BehaviorNoise { get; init => field = Guard.Share(value); } = 0.15;

    /// <summary>The length of the noise in an item's features; the direction that its cluster shares has the length 1.</summary>
    /// <value>0 or above. The default is 1.6.</value>
    public double FeatureNoise { get; init => field = Guard.NotNegative(value); } = 1.6;

    /// <summary>The share of items without a given modality, drawn for each modality by itself.</summary>
    /// <value>From 0 and below 1. The default is 0.03.</value>
    public double MissingFeatureShare { get; init => field = Guard.Share(value); } = 0.03;

    /// <summary>The share of items that occur in no training interaction.</summary>
    /// <value>From 0 and below 1. The default is 0.1.</value>
    public double ColdItemShare { get; init => field = Guard.Share(value); } = 0.1;

    /// <summary>The share of validation and of test interactions that are on cold items of a cluster the user likes.</summary>
    /// <value>From 0 and below 1. The default is 0.1.</value>
    public double ColdInteractionShare { get; init => field = Guard.Share(value); } = 0.1;

    /// <summary>The modalities.</summary>
    /// <value>Each once; may be empty. The default is image with 64 features and text with 48.</value>
    public IReadOnlyList<SyntheticModality> Modalities { get; init => field = Guard.NoneNull(value); } =
        [new(Modality.Image, 64), new(Modality.Text, 48)];

    /// <summary>The seed. Equal options give equal datasets on every platform.</summary>
    /// <value>The default is 2024.</value>
    public ulong Seed { get; init; } = 2024;

    internal void ThrowIfInvalid()
    {
        if (Items < 2 * Clusters)
        {
            throw new ArgumentException(
                $"A synthetic dataset needs at least two items per cluster; got {Items} items and {Clusters} clusters.");
        }

        foreach (SyntheticModality modality in Modalities)
        {
            if (modality.Dimension < 1)
                throw new ArgumentException($"Modality {modality.Modality} needs at least one feature; got {modality.Dimension}.");
            if ((long)Items * modality.Dimension > Array.MaxLength)
            {
                throw new ArgumentException(
                    $"Modality {modality.Modality} has at most {Array.MaxLength} values; got {Items} items x {modality.Dimension}.");
            }
        }
    }
}
