using DRepMRec.Data;

namespace RetrainOnSchedule;

/// <summary>
/// Stands for your database: each time it's read there are more interactions and users. The third time something has gone wrong with it,
/// so that there is something to refuse.
/// </summary>
internal sealed class Shop
{
    private const int BrokenRead = 3;

    private readonly RecDataset _world = SyntheticDataset.Create(new SyntheticOptions { Users = 500, Items = 300, Clusters = 12 }).Data;

    private readonly Interaction[] _all;
    private int _reads;

    public Shop()
    {
        int[][] pairs = [.. new[] { _world.Train, _world.Validation, _world.Test }.SelectMany(set => Enumerable.Range(0, set.UserCount)
            .SelectMany(user => set.ItemsOf(user).ToArray().Select(item => new[] { user, item })))];
        new Random(7).Shuffle(pairs);
        _all = [.. pairs.Select((p, time) => new Interaction(_world.Users[p[0]], _world.Items[p[1]], Timestamp: time))];
    }

    /// <summary>What there is by now. The oldest 80 % are for training, the newest 10 % for comparing.</summary>
    public RecDataset Read()
    {
        _reads++;
        int count = (int)(_all.Length * Math.Min(1, 0.5 + (0.1 * _reads)));
        IEnumerable<Interaction> interactions = _all.Take(count);
        if (_reads == BrokenRead)
        {
            interactions = interactions.Select((i, n) => n < 0.8 * count ? i with { Item = SomebodyElses(n) } : i)
                .DistinctBy(i => (i.User, i.Item));
        }

        return RecDataset.FromInteractions("shop", interactions, Features(), new DatasetOptions { Split = SplitStrategy.GlobalTime() });
    }

    /// <summary>The item of another row, as a join by the wrong column would have it.</summary>
    private string SomebodyElses(int row) => _all[(row * 31 + 17) % _all.Length].Item;

    private FeatureTable[] Features() => [.. _world.Features.Select(f =>
    {
        int[] present = [.. Enumerable.Range(0, f.ItemCount).Where(i => f.Present[i])];
        return new FeatureTable(
            f.Modality, [.. present.Select(i => _world.Items[i])], f.Dimension, present.SelectMany(i => f[i].ToArray()).ToArray());
    })];
}
