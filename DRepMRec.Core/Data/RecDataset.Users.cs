namespace DRepMRec.Data;

public sealed partial class RecDataset
{
    /// <summary>
    /// The dataset as if the given users had never been: without them, their interactions, and items that only they had and that have no
    /// features.
    /// </summary>
    /// <remarks>
    /// Items with features, or without any interaction before, stay, and so does which set each interaction of the others is in. A dataset
    /// that is read without the users' rows is the same where its split depends on no other user, up to the order of ids:
    /// <see cref="InIdOrder"/> makes them equal. By <see cref="SplitStrategy.GlobalTime"/> it does depend on others, and by labels where
    /// validation is drawn for want of a label of it, as that is asked of all rows.
    /// <see cref="ItemTable"/> and what made the features of raw fields stay as they are: they are of the catalogue. <see cref="Report"/>
    /// and <see cref="Notes"/>, which may quote ids, don't come along.
    /// </remarks>
    /// <param name="userIds">The raw ids; unknown ones are passed over.</param>
    public RecDataset WithoutUsers(IReadOnlyCollection<string> userIds)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        HashSet<string> gone = [.. userIds];
        int[] users = [.. Enumerable.Range(0, Users.Count).Where(user => !gone.Contains(Users[user]))];
        if (users.Length == Users.Count)
            return this;
        var (left, had) = (new bool[Items.Count], new bool[Items.Count]);
        foreach (InteractionSet set in new[] { Train, Validation, Test })
        {
            for (int user = 0; user < Users.Count; user++)
            {
                foreach (int item in set.ItemsOf(user))
                {
                    had[item] = true;
                    left[item] |= !gone.Contains(Users[user]);
                }
            }
        }

        bool Stays(int item) => left[item] || !had[item] || Features.Any(features => features.Present[item]);
        return Select(users, [.. Enumerable.Range(0, Items.Count).Where(Stays)], report: null, notes: []);
    }

    /// <summary>
    /// The dataset with users and items in the ordinal order of their raw ids: the same for the same data, in whatever order its rows were
    /// read. What is trained on it follows from the data alone.
    /// </summary>
    public RecDataset InIdOrder() => Select(Ordinal(Users), Ordinal(Items), Report, Notes);

    /// <summary>The dataset with some of its users and items, in a given order.</summary>
    private RecDataset Select(int[] users, int[] items, LoadReport? report, IReadOnlyList<string> notes)
    {
        var places = new int[Items.Count];
        places.AsSpan().Fill(-1);
        for (int place = 0; place < items.Length; place++)
            places[items[place]] = place;
        InteractionSet Set(InteractionSet set)
        {
            var (pairs, weights) = (new List<(int User, int Item)>(), new List<float>());
            for (int user = 0; user < users.Length; user++)
            {
                ReadOnlySpan<int> own = set.ItemsOf(users[user]);
                ReadOnlySpan<float> ownWeights = set.WeightsOf(users[user]);
                for (int n = 0; n < own.Length; n++)
                {
                    pairs.Add((user, places[own[n]]));
                    weights.Add(ownWeights.IsEmpty ? 1 : ownWeights[n]);
                }
            }

            return new InteractionSet(users.Length, items.Length, pairs, set.Weights.IsEmpty ? null : weights);
        }

        ItemFeatures Rows(ItemFeatures features)
        {
            var values = new float[(long)items.Length * features.Dimension];
            for (int item = 0; item < items.Length; item++)
                features[items[item]].CopyTo(values.AsSpan(item * features.Dimension));
            return ItemFeatures.Adopt(features.Modality, items.Length, features.Dimension, values, features.Encoder);
        }

        return new RecDataset(Name, new IdMap(users.Select(user => Users[user])), new IdMap(items.Select(item => Items[item])),
            new InteractionSplits(Set(Train), Set(Validation), Set(Test)), [.. Features.Select(Rows)])
        {
            Report = report,
            Notes = notes,
            NotesOnSplit = NotesOnSplit,
            ItemTable = ItemTable,
        };
    }
}
