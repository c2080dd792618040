namespace DRepMRec.Data;

/// <summary>
/// A made-up dataset whose right answer is known: every item belongs to a cluster, every user likes one or two clusters and mostly
/// interacts within them, and the features of an item point to its cluster. For samples, tests and first steps.
/// </summary>
/// <remarks>
/// It has what makes real data hard: long-tailed activity and popularity, interactions that follow no taste, cold items, missing and noisy
/// features. Within a cluster the items come in a few styles, which both the users' choices and the features follow.
/// </remarks>
/// <example>
/// <code>
/// RecDataset data = SyntheticDataset.Create(new SyntheticOptions { Users = 300, Items = 200, Clusters = 8 }).Data;
/// </code>
/// </example>
public sealed class SyntheticDataset
{
    private SyntheticDataset(RecDataset data, SyntheticTastes tastes)
    {
        Data = data;
        ItemClusters = tastes.ItemClusters;
        UserClusters = tastes.UserClusters;
        ItemCategories = [.. tastes.ItemClusters.Select(SyntheticShop.Category)];
        ItemTitles = SyntheticShop.Titles(tastes);
    }

    /// <summary>The dataset. Raw ids are "user-0" and "item-0" upwards, in the order of the indices.</summary>
    public RecDataset Data { get; }

    /// <summary>The cluster of each item, from 0: I entries.</summary>
    public IReadOnlyList<int> ItemClusters { get; }

    /// <summary>What items are in the words of a made-up shop, such as "tents": I entries, one category per cluster.</summary>
    public IReadOnlyList<string> ItemCategories { get; }

    /// <summary>A title for each item, its style, kind and number, such as "Ultralight tent 7": I entries, each once.</summary>
    public IReadOnlyList<string> ItemTitles { get; }

    /// <summary>The one or two clusters that each user likes, the favourite first: U entries.</summary>
    public IReadOnlyList<IReadOnlyList<int>> UserClusters { get; }

    /// <summary>Makes a dataset.</summary>
    /// <param name="options">Its size and difficulty; <see langword="null"/>: 1,500 users, 1,000 items, about 21,000 interactions.</param>
    /// <exception cref="ArgumentException">The options don't fit together.</exception>
    public static SyntheticDataset Create(SyntheticOptions? options = null)
    {
        options ??= new();
        options.ThrowIfInvalid();
        var tastes = new SyntheticTastes(options);
        InteractionSplits splits = new SyntheticInteractions(options, tastes).Draw();
        ItemFeatures[] features = [.. options.Modalities.Select(m => SyntheticFeatures.Draw(options, tastes, m))];
        var data = new RecDataset(
            options.Name,
            new IdMap(Enumerable.Range(0, options.Users).Select(u => $"user-{u}")),
            new IdMap(Enumerable.Range(0, options.Items).Select(i => $"item-{i}")),
            splits,
            features);
        return new SyntheticDataset(data, tastes);
    }
}
