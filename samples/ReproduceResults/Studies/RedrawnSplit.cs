using DRepMRec.Data;

namespace ReproduceResults.Studies;

/// <summary>
/// Another random split by the rule of the given one: each user keeps their numbers of training, validation and test interactions, and so
/// each set its size; which interactions they are is drawn anew.
/// </summary>
/// <remarks>
/// Shares drawn over all rows, or the same shares of each user's rows, would be another protocol wherever the given split holds out one
/// interaction per user: then the few users with most interactions would be most of the test set.
/// </remarks>
internal static class RedrawnSplit
{
    public static RecDataset Of(RecDataset data, int seed)
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

        InteractionSet Set(List<(int, int)> pairs) => new(data.Users.Count, data.Items.Count, pairs);
        var splits = new InteractionSplits(Set(train), Set(validation), Set(test));
        return new RecDataset($"{data.Name}, split {seed}", data.Users, data.Items, splits, data.Features);
    }
}
