using System.Runtime.InteropServices;
using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>Interactions by users and items of a model, those that it doesn't know yet behind those that it knows.</summary>
internal sealed class NewInteractions
{
    private readonly Dictionary<int, Dictionary<int, float>> _byUser = [];

    /// <exception cref="ArgumentException">An id or a weight can't be one; the message says which and why.</exception>
    public NewInteractions(ServingModel model, IReadOnlyCollection<Interaction> interactions)
    {
        var (users, items) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        int number = 0;
        foreach (Interaction interaction in interactions)
        {
            ThrowIfInvalid(interaction, number++);
            if (!model.UserIds.TryGetIndex(interaction.User, out int user)
                && !users.TryGetValue(interaction.User, out user))
            {
                users[interaction.User] = user = model.UserIds.Count + users.Count;
            }

            int item = model.Changes.TryGetAdded(interaction.Item, out int row) || model.ItemIds.TryGetIndex(interaction.Item, out row)
                ? row : -1;
            if (item < 0 && !items.TryGetValue(interaction.Item, out item))
                items[interaction.Item] = item = model.ItemRows + items.Count;

            ref float weight = ref CollectionsMarshal.GetValueRefOrAddDefault(
                CollectionsMarshal.GetValueRefOrAddDefault(_byUser, user, out _) ??= [], item, out bool isRepeated);
            Repeated += isRepeated ? 1 : 0;
            if (interaction.Weight is { } given)
                weight = (float)InteractionSet.Confidence((float)given); // As training has it, so that the same weight is the same.
            else if (!isRepeated)
                weight = float.NaN;
        }

        (UserIds, ItemIds) = ([.. users.Keys], [.. items.Keys]);
    }

    /// <summary>The ids of users that the model doesn't know, in the order of their indices.</summary>
    public IReadOnlyCollection<string> UserIds { get; }

    /// <summary>The ids of items that the model doesn't know, in the order of their indices.</summary>
    public IReadOnlyCollection<string> ItemIds { get; }

    /// <summary>How many pairs occurred again.</summary>
    public long Repeated { get; private set; }

    /// <summary>How many pairs got another weight.</summary>
    public long Reweighted { get; private set; }

    /// <summary>The pairs that are new.</summary>
    public List<(int User, int Item)> Pairs { get; } = [];

    /// <summary>The edges of all users and items that have others from now on.</summary>
    public (Dictionary<int, EdgeRow> Users, Dictionary<int, EdgeRow> Items) Merge(EdgeRows users, EdgeRows? items)
    {
        var (newUsers, newItems) = (new Dictionary<int, EdgeRow>(), new Dictionary<int, EdgeRow>());
        var byItem = new Dictionary<int, List<(int Column, float Weight)>>();
        foreach (var (user, own) in _byUser)
        {
            ReadOnlySpan<int> known = users.Of(user);
            ReadOnlySpan<float> weights = users.WeightsOf(user);
            var more = new List<(int Column, float Weight)>();
            foreach (var (item, weight) in own)
            {
                int at = known.BinarySearch(item);
                if (at >= 0 && (float.IsNaN(weight) || weight == (weights.IsEmpty ? 1 : weights[at])))
                {
                    Repeated++;
                    continue;
                }

                more.Add((item, weight));
                (CollectionsMarshal.GetValueRefOrAddDefault(byItem, item, out _) ??= []).Add((user, weight));
                if (at >= 0)
                    Reweighted++;
                else
                    Pairs.Add((user, item));
            }

            if (more.Count > 0)
                newUsers[user] = Merge(known, weights, more);
        }

        foreach (var (item, more) in byItem)
        {
            if (items is not null)
                newItems[item] = Merge(items.Of(item), items.WeightsOf(item), more);
        }

        return (newUsers, newItems);
    }

    private static EdgeRow Merge(ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, List<(int Column, float Weight)> more)
    {
        more.Sort(static (a, b) => a.Column.CompareTo(b.Column));
        return EdgeRow.Merge(columns, weights, CollectionsMarshal.AsSpan(more));
    }

    private static void ThrowIfInvalid(Interaction interaction, int number)
    {
        foreach (var (id, what) in new[] { (interaction.User, "user"), (interaction.Item, "item") })
        {
            if (id is null || RawId.WhatIsWrong(id) is not null)
            {
                throw new ArgumentException($"Interaction {number}: expected the id of the {what} as Unicode text that isn't blank, got "
                    + $"{(id is null ? "nothing" : RawId.WhatIsWrong(id))}.", "interactions");
            }
        }

        if (interaction.Weight is { } weight && !EventWeights.IsWeight(weight))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Interaction {number}: expected a weight from {EventWeights.Min} to {EventWeights.Max}, got {weight}."), "interactions");
        }
    }
}
