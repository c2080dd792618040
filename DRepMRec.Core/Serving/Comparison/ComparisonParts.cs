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
/// <param name="Name">The option.</param>
/// <param name="Old">Its value as text, or <see langword="null"/> where the old model doesn't have it.</param>
/// <param name="New">Its value as text, or <see langword="null"/> where the new model doesn't have it.</param>
public sealed record OptionChange(string Name, string? Old, string? New);

/// <summary>The ids of two models.</summary>
/// <param name="Common">How many both have.</param>
/// <param name="Added">How many only the new one has.</param>
/// <param name="Vanished">How many only the old one has.</param>
/// <param name="FirstAdded">The first of those that only the new one has.</param>
/// <param name="FirstVanished">The first of those that only the old one has.</param>
public sealed record IdChanges(
    int Common, int Added, int Vanished, IReadOnlyList<string> FirstAdded, IReadOnlyList<string> FirstVanished)
{
    internal static IdChanges Between(IdIndex old, IdIndex @new, int named)
    {
        int common = old.Count(@new.Contains);
        return new IdChanges(common, @new.Count - common, old.Count - common,
            [.. @new.Where(id => !old.Contains(id)).Take(named)], [.. old.Where(id => !@new.Contains(id)).Take(named)]);
    }
}

/// <summary>Rank-biased overlaps of many lists.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Lowest">The lowest.</param>
/// <param name="Percent5">5 % of the users have this or less.</param>
/// <param name="Percent25">A quarter of the users has this or less.</param>
/// <param name="Median">Half of the users have this or less.</param>
/// <param name="Percent75">Three quarters of the users have this or less.</param>
public sealed record OverlapDistribution(double Mean, double Lowest, double Percent5, double Percent25, double Median, double Percent75)
{
    /// <summary>Of at least one overlap; percentiles are the smallest values that so many don't exceed.</summary>
    internal static OverlapDistribution Of(IReadOnlyCollection<double> overlaps)
    {
        double[] sorted = [.. overlaps.Order()];
        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
        return new OverlapDistribution(sorted.Average(), sorted[0], At(0.05), At(0.25), At(0.5), At(0.75));
    }
}

/// <summary>What lists go by, before and now.</summary>
/// <param name="Old">The source before.</param>
/// <param name="New">The source now.</param>
/// <param name="Users">How many users' lists.</param>
public sealed record SourceChange(RecommendationSource Old, RecommendationSource New, int Users);

/// <summary>The items that are recommended to anybody.</summary>
/// <param name="Different">How many different items there are.</param>
/// <param name="MeanUsers">
/// The mean, over recommendations, of the number of users that the item has in the training of the new model: how popular what is
/// recommended is, by one measure before and now. Items that the new model doesn't have count as items without users.
/// </param>
public sealed record RecommendedItems(int Different, double MeanUsers);

/// <summary>How often an item is recommended before and now.</summary>
/// <param name="Item">The item's raw id.</param>
/// <param name="OldLists">How many users' lists had it.</param>
/// <param name="NewLists">How many users' lists have it now.</param>
/// <param name="InOld">Whether the old model's catalogue has it.</param>
/// <param name="InNew">Whether the new model's catalogue has it.</param>
public sealed record ItemChange(string Item, int OldLists, int NewLists, bool InOld, bool InNew);

/// <summary>How a user's list changes.</summary>
/// <param name="User">The user's raw id.</param>
/// <param name="Overlap">The rank-biased overlap of the two lists.</param>
/// <param name="Old">The items before, the best first.</param>
/// <param name="New">The items now, the best first.</param>
/// <param name="OldSource">What the list went by.</param>
/// <param name="NewSource">What the list goes by now.</param>
/// <param name="Shares">
/// How much of the exchange comes from behaviour, each modality, the item-to-item part and popularity, as in
/// <see cref="ChangeReasons.Shares"/>; empty where it can't be told.
/// </param>
public sealed record UserChange(
    string User, double Overlap, IReadOnlyList<string> Old, IReadOnlyList<string> New, RecommendationSource OldSource,
    RecommendationSource NewSource, IReadOnlyDictionary<string, double> Shares);

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
    /// <c>item-to-item</c> and <c>popularity</c>; they add up to 1. A user's items that came in
    /// got ahead of those that left: the mean score of the ones minus that of the others was below 0 in the old model and is above 0 in the
    /// new one. By how much it rose is split into the parts that <see cref="Explanation"/> splits scores into, each model's scores in units
    /// of the mean difference between the first and the last score of its lists. A part below 0 worked against the exchange.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Shares { get; init; }

    /// <summary>Why some of the users that were looked at have no shares, or <see langword="null"/> where there are none such.</summary>
    public string? Unexplained { get; init; }
}
