using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>Where a compared model comes from.</summary>
public sealed record ComparedModel
{
    /// <summary>The name of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>The checksum of the dataset's split.</summary>
    public required string SplitChecksum { get; init; }

    /// <summary>SHA-256 of the model's arrays; empty where it was changed or never saved.</summary>
    public required string DataChecksum { get; init; }

    /// <summary>The number of users.</summary>
    public required int Users { get; init; }

    /// <summary>The number of items.</summary>
    public required int Items { get; init; }

    /// <summary>The validation figures at training time, by metric. They compare only where the split is the same.</summary>
    public required IReadOnlyDictionary<string, double> Validation { get; init; }

    internal static ComparedModel Of(ModelManifest manifest) => new()
    {
        Dataset = manifest.Dataset,
        SplitChecksum = manifest.SplitChecksum,
        DataChecksum = manifest.DataChecksum,
        Users = manifest.Users,
        Items = manifest.Items,
        Validation = manifest.Validation,
    };
}

/// <summary>An option that differs between two models.</summary>
public sealed record OptionChange
{
    [JsonConstructor]
    internal OptionChange(string name, string? old, string? @new)
        => (Name, Old, New) = (name, old, @new);

    /// <summary>The option.</summary>
    public string Name { get; internal init; }

    /// <summary>Its value as text, or <see langword="null"/> where the old model doesn't have it.</summary>
    public string? Old { get; internal init; }

    /// <summary>Its value as text, or <see langword="null"/> where the new model doesn't have it.</summary>
    public string? New { get; internal init; }
}

/// <summary>The ids of two models.</summary>
public sealed record IdChanges
{
    [JsonConstructor]
    internal IdChanges(int common, int added, int vanished, IReadOnlyList<string> firstAdded, IReadOnlyList<string> firstVanished)
        => (Common, Added, Vanished, FirstAdded, FirstVanished) = (common, added, vanished, firstAdded, firstVanished);

    /// <summary>How many both have.</summary>
    public int Common { get; internal init; }

    /// <summary>How many only the new one has.</summary>
    public int Added { get; internal init; }

    /// <summary>How many only the old one has.</summary>
    public int Vanished { get; internal init; }

    /// <summary>The first of those that only the new one has.</summary>
    public IReadOnlyList<string> FirstAdded { get; internal init; }

    /// <summary>The first of those that only the old one has.</summary>
    public IReadOnlyList<string> FirstVanished { get; internal init; }

    internal static IdChanges Between(IdIndex old, IdIndex @new, int named)
    {
        int common = old.Count(@new.Contains);
        return new IdChanges(common, @new.Count - common, old.Count - common,
            [.. @new.Where(id => !old.Contains(id)).Take(named)], [.. old.Where(id => !@new.Contains(id)).Take(named)]);
    }
}

/// <summary>Rank-biased overlaps of many lists.</summary>
public sealed record OverlapDistribution
{
    [JsonConstructor]
    internal OverlapDistribution(double mean, double lowest, double percent5, double percent25, double median, double percent75)
        => (Mean, Lowest, Percent5, Percent25, Median, Percent75) = (mean, lowest, percent5, percent25, median, percent75);

    /// <summary>The mean.</summary>
    public double Mean { get; internal init; }

    /// <summary>The lowest.</summary>
    public double Lowest { get; internal init; }

    /// <summary>5 % of the users have this or less.</summary>
    public double Percent5 { get; internal init; }

    /// <summary>A quarter of the users has this or less.</summary>
    public double Percent25 { get; internal init; }

    /// <summary>Half of the users have this or less.</summary>
    public double Median { get; internal init; }

    /// <summary>Three quarters of the users have this or less.</summary>
    public double Percent75 { get; internal init; }

    /// <summary>Of at least one overlap; percentiles are the smallest values that so many don't exceed.</summary>
    internal static OverlapDistribution Of(IReadOnlyCollection<double> overlaps)
    {
        double[] sorted = [.. overlaps.Order()];
        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
        return new OverlapDistribution(sorted.Average(), sorted[0], At(0.05), At(0.25), At(0.5), At(0.75));
    }
}

/// <summary>What lists go by, before and now.</summary>
public sealed record SourceChange
{
    [JsonConstructor]
    internal SourceChange(RecommendationSource old, RecommendationSource @new, int users)
        => (Old, New, Users) = (old, @new, users);

    /// <summary>The source before.</summary>
    public RecommendationSource Old { get; internal init; }

    /// <summary>The source now.</summary>
    public RecommendationSource New { get; internal init; }

    /// <summary>How many users' lists.</summary>
    public int Users { get; internal init; }
}

/// <summary>The items that are recommended to anybody.</summary>
public sealed record RecommendedItems
{
    [JsonConstructor]
    internal RecommendedItems(int different, double meanUsers)
        => (Different, MeanUsers) = (different, meanUsers);

    /// <summary>How many different items there are.</summary>
    public int Different { get; internal init; }

    /// <summary>
    /// The mean, over recommendations, of the number of users that the item has in the training of the new model: how popular what is
    /// recommended is, by one measure before and now. Items that the new model doesn't have count as items without users.
    /// </summary>
    public double MeanUsers { get; internal init; }
}

/// <summary>How often an item is recommended before and now.</summary>
public sealed record ItemChange
{
    [JsonConstructor]
    internal ItemChange(string item, int oldLists, int newLists, bool inOld, bool inNew)
        => (Item, OldLists, NewLists, InOld, InNew) = (item, oldLists, newLists, inOld, inNew);

    /// <summary>The item's raw id.</summary>
    public string Item { get; internal init; }

    /// <summary>How many users' lists had it.</summary>
    public int OldLists { get; internal init; }

    /// <summary>How many users' lists have it now.</summary>
    public int NewLists { get; internal init; }

    /// <summary>Whether the old model's catalogue has it.</summary>
    public bool InOld { get; internal init; }

    /// <summary>Whether the new model's catalogue has it.</summary>
    public bool InNew { get; internal init; }
}

/// <summary>How a user's list changes.</summary>
public sealed record UserChange
{
    [JsonConstructor]
    internal UserChange(
        string user, double overlap, IReadOnlyList<string> old, IReadOnlyList<string> @new, RecommendationSource oldSource,
        RecommendationSource newSource, IReadOnlyDictionary<string, double> shares)
        => (User, Overlap, Old, New, OldSource, NewSource, Shares) = (user, overlap, old, @new, oldSource, newSource, shares);

    /// <summary>The user's raw id.</summary>
    public string User { get; internal init; }

    /// <summary>The rank-biased overlap of the two lists.</summary>
    public double Overlap { get; internal init; }

    /// <summary>The items before, the best first.</summary>
    public IReadOnlyList<string> Old { get; internal init; }

    /// <summary>The items now, the best first.</summary>
    public IReadOnlyList<string> New { get; internal init; }

    /// <summary>What the list went by.</summary>
    public RecommendationSource OldSource { get; internal init; }

    /// <summary>What the list goes by now.</summary>
    public RecommendationSource NewSource { get; internal init; }

    /// <summary>
    /// How much of the exchange comes from behaviour, each modality, the item-to-item part and popularity, as in <see
    /// cref="ChangeReasons.Shares"/>; empty where it can't be told.
    /// </summary>
    public IReadOnlyDictionary<string, double> Shares { get; internal init; }
}

/// <summary>Why items come into lists and leave them. Counts are of pairs of a user and an item.</summary>
public sealed record ChangeReasons
{
    /// <summary>How many items came into a list.</summary>
    public required long Entered { get; init; }

    /// <summary>How many of these the old catalogue doesn't have.</summary>
    public required long EnteredAsNew { get; init; }

    /// <summary>How many left a list.</summary>
    public required long Left { get; init; }

    /// <summary>How many of these the new catalogue doesn't have.</summary>
    public required long LeftAsVanished { get; init; }

    /// <summary>How many of these the user has chosen since: they're in the history of the new model, and not asked for.</summary>
    public required long LeftAsChosen { get; init; }

    /// <summary>How many came into lists that go by another source than before, such as a user's own row instead of popularity.</summary>
    public required long EnteredByOtherSource { get; init; }

    /// <summary>The mean number of users, in the training of the new model, of the items that came in: how popular they are.</summary>
    public required double EnteredMeanUsers { get; init; }

    /// <summary>The mean number of users, in the training of the new model, of the items that left and that it has.</summary>
    public required double LeftMeanUsers { get; init; }

    /// <summary>How many users' exchanges <see cref="Shares"/> explains.</summary>
    public required int ExplainedUsers { get; init; }

    /// <summary>
    /// How much of the exchange comes from <c>behavior</c>, from each modality, by name, and, where a model has such a part, from
    /// <c>item-to-item</c> and <c>popularity</c>; they add up to 1. A modality that has such a name itself is <c>modality popularity</c>,
    /// say. A user's items that came in
    /// got ahead of those that left: the mean score of the ones minus that of the others was below 0 in the old model and is above 0 in the
    /// new one. By how much it rose is split into the parts that <see cref="Explanation"/> splits scores into, each model's scores in units
    /// of the mean difference between the first and the last score of its lists. A part below 0 worked against the exchange.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Shares { get; init; }

    /// <summary>Why some of the users that were looked at have no shares, or <see langword="null"/> where there are none such.</summary>
    public string? Unexplained { get; init; }
}
