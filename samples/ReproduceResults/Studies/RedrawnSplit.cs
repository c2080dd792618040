using DRepMRec.Data;

namespace ReproduceResults.Studies;

/// <summary>Other random splits of a dataset's interactions.</summary>
internal static class RedrawnSplit
{
    private const double TrainShare = 0.8, ValidationShare = 0.07;

    /// <summary>
    /// By the rule of the given one: each user keeps their numbers of training, validation and test interactions, and so each set its
    /// size; which interactions they are is drawn anew.
    /// </summary>
    public static RecDataset PerUser(RecDataset data, int seed)
    {
        var random = new Random(seed);
        List<(int, int)> train = [], validation = [], test = [];
        for (int user = 0; user < data.Users.Count; user++)
        {
            int[] items = [.. data.Train.ItemsOf(user), .. data.Validation.ItemsOf(user), .. data.Test.ItemsOf(user)];
            Array.Sort(items);
            random.Shuffle(items);
            int trained = data.Train.ItemsOf(user).Length, validated = trained + data.Validation.ItemsOf(user).Length;
            for (int n = 0; n < items.Length; n++)
                (n < trained ? train : n < validated ? validation : test).Add((user, items[n]));
        }

        return Of(data, seed, train, validation, test);
    }

    /// <summary>
    /// By row: of all interactions 80 % are drawn for training, 7 % for validation and the rest for the test. Another protocol where the
    /// given split holds out one interaction per user: the users with most interactions have most of the test rows.
    /// </summary>
    public static RecDataset ByRow(RecDataset data, int seed)
    {
        (int User, int Item)[] rows =
        [
            .. new[] { data.Train, data.Validation, data.Test }.SelectMany(set => set.ExpandUsers().Zip(set.Items.ToArray())).Order(),
        ];
        new Random(seed).Shuffle(rows);
        int trained = (int)(TrainShare * rows.Length), validated = trained + (int)(ValidationShare * rows.Length);
        return Of(data, seed, rows[..trained], rows[trained..validated], rows[validated..]);
    }

    /// <summary>Whether interactions have weights, which no split that is drawn anew keeps.</summary>
    public static bool HasWeights(RecDataset data)
        => new[] { data.Train, data.Validation, data.Test }.Any(set => !set.Weights.IsEmpty);

    /// <exception cref="ArgumentException">Interactions have weights, which a split that is drawn anew would lose.</exception>
    private static RecDataset Of(RecDataset data, int seed, IReadOnlyList<(int, int)> train, IReadOnlyList<(int, int)> validation,
        IReadOnlyList<(int, int)> test)
    {
        if (HasWeights(data))
            throw new ArgumentException($"Expected interactions of one weight to draw splits of; '{data.Name}' has others.");
        InteractionSet Set(IReadOnlyList<(int, int)> pairs) => new(data.Users.Count, data.Items.Count, pairs);
        var splits = new InteractionSplits(Set(train), Set(validation), Set(test));
        return new RecDataset($"{data.Name}, split {seed}", data.Users, data.Items, splits, data.Features);
    }
}
