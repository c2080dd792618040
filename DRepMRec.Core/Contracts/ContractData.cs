using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Losses;

namespace DRepMRec.Contracts;

/// <summary>What a dataset becomes for a check: without somebody's interactions, with one more of them, or in another order.</summary>
internal static class ContractData
{
    private const int BatchSize = 16;

    /// <summary>
    /// The dataset without the interactions of its last user and its last item, without content of that item where another item has some,
    /// and without validation and test.
    /// </summary>
    /// <exception cref="ArgumentException">No interaction is left.</exception>
    public static RecDataset WithCold(RecDataset data)
    {
        (int User, int Item, float Weight)[] pairs =
            [.. Pairs(data.Train).Where(p => p.User < data.Users.Count - 1 && p.Item < data.Items.Count - 1)];
        if (pairs.Length == 0)
        {
            throw new ArgumentException(
                "Expected a training interaction without the last user and the last item, who go without for the checks; "
                + $"{Shown.Text(data.Name)} has {data.Train.Count} in all.", nameof(data));
        }

        return With(data, data.Users.Ids, data.Items.Ids, pairs, [.. data.Features.Select(WithoutLast)]);
    }

    /// <summary>The dataset with more users and items behind the others, who have neither interactions nor content.</summary>
    public static RecDataset Grown(RecDataset data, int users, int items)
        => With(data,
            [.. data.Users.Ids, .. Enumerable.Range(0, users).Select(n => $"\u00a7user{n}")],
            [.. data.Items.Ids, .. Enumerable.Range(0, items).Select(n => $"\u00a7item{n}")], Pairs(data.Train),
            [.. data.Features.Select(f => new ItemFeatures(f.Modality, f.ItemCount + items, f.Dimension,
                [.. f.Values, .. new float[items * f.Dimension]]))]);

    /// <summary>The dataset in another order: user n is who was users[n], item n what was items[n].</summary>
    public static RecDataset Reordered(RecDataset data, int[] users, int[] items)
    {
        int[] userPlaces = Inverse(users), itemPlaces = Inverse(items);
        return With(data, [.. users.Select(u => data.Users[u])], [.. items.Select(i => data.Items[i])],
            [.. Pairs(data.Train).Select(p => (userPlaces[p.User], itemPlaces[p.Item], p.Weight))],
            [.. data.Features.Select(f => new ItemFeatures(f.Modality, f.ItemCount, f.Dimension,
                ContractRows.Pick(f.Values.ToArray(), items, f.Dimension), [.. items.Select(i => f.Present[i])]))]);
    }

    /// <summary>Some interactions with a negative each.</summary>
    public static TrainingBatch Batch(RecDataset data) => Batch(data, new RankingLoss.Bpr());

    /// <summary>Some interactions that share fewer negatives than they are, as the default loss has them.</summary>
    public static TrainingBatch SharedBatch(RecDataset data)
        => Batch(data, new RankingLoss.SampledSoftmax { Negatives = Math.Max(1, Math.Min(BatchSize, data.Train.Count) / 2) });

    /// <summary>A batch by the numbers that its users and items have in another order.</summary>
    public static TrainingBatch Renamed(TrainingBatch batch, int[] users, int[] items)
    {
        int[] userPlaces = Inverse(users), itemPlaces = Inverse(items);
        return new TrainingBatch([.. batch.UserIndices.ToArray().Select(u => userPlaces[u])],
            [.. batch.PositiveIndices.ToArray().Select(i => itemPlaces[i])],
            [.. batch.NegativeIndices.ToArray().Select(i => itemPlaces[i])], batch.SharedNegatives)
        {
            Seed = batch.Seed,
            Confidences = batch.Confidences,
            Known = batch.Known is { } known
                ? Set(users.Length, items.Length, [.. Pairs(known).Select(p => (userPlaces[p.User], itemPlaces[p.Item], p.Weight))])
                : null,
        };
    }

    /// <summary>A shuffled order of so many.</summary>
    public static int[] Order(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new SeededRandom(11).Shuffle(order.AsSpan());
        return order;
    }

    public static int[] Same(int count) => [.. Enumerable.Range(0, count)];

    private static TrainingBatch Batch(RecDataset data, RankingLoss loss)
        => new BatchSampler(data.Train, loss, batchSize: BatchSize, seed: 5).Epoch(1).First();

    private static ItemFeatures WithoutLast(ItemFeatures features)
    {
        int last = features.ItemCount - 1;
        if (!features.Present[last] || features.PresentCount < 2)
            return features;
        float[] values = features.Values.ToArray();
        values.AsSpan(last * features.Dimension).Clear();
        return new ItemFeatures(
            features.Modality, features.ItemCount, features.Dimension, values, [.. features.Present[..last], false]);
    }

    private static (int User, int Item, float Weight)[] Pairs(InteractionSet set)
    {
        float[] weights = set.Weights.IsEmpty ? [.. Enumerable.Repeat(1f, set.Count)] : set.Weights.ToArray();
        return [.. set.ExpandUsers().Zip(set.Items.ToArray(), weights)];
    }

    private static InteractionSet Set(int users, int items, IReadOnlyCollection<(int User, int Item, float Weight)> pairs)
        => new(users, items, [.. pairs.Select(p => (p.User, p.Item))], [.. pairs.Select(p => p.Weight)]);

    private static int[] Inverse(int[] order)
    {
        int[] places = new int[order.Length];
        for (int n = 0; n < order.Length; n++)
            places[order[n]] = n;
        return places;
    }

    private static RecDataset With(RecDataset data, IReadOnlyList<string> users, IReadOnlyList<string> items,
        IReadOnlyCollection<(int User, int Item, float Weight)> train, IReadOnlyList<ItemFeatures> features)
    {
        InteractionSet none = Set(users.Count, items.Count, []);
        return new RecDataset(data.Name, new IdMap(users), new IdMap(items),
            new InteractionSplits(Set(users.Count, items.Count, train), none, none), features);
    }
}
