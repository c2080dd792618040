using DRepMRec.Data;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// What a catalogue is after some changes, as two lists: the items of the training, which keep their places for ever, and those that were
/// added, in the order in which they came.
/// </summary>
/// <param name="origin">The recommender before all changes, of a model in which an item's representation depends on its own features
/// alone.</param>
/// <param name="data">The dataset that the model was trained on.</param>
/// <param name="features">From a number to the features that stand for it.</param>
internal sealed class CatalogueReference(Recommender origin, RecDataset data,
    Func<string, Dictionary<Modality, ReadOnlyMemory<float>>> features)
{
    private const string Probe = "an item that nobody has heard of";
    private readonly Dictionary<string, int> _rows = data.Items.Ids.Select((id, row) => (id, row)).ToDictionary(i => i.id, i => i.row);
    private readonly Dictionary<(string Id, string? Features), Recommender> _alone = [];
    private readonly List<(string Id, string? Features, bool IsRetired)> _trained = [.. data.Items.Ids
        .Select(id => (id, (string?)null, false))];
    private readonly List<(string Id, string? Features)> _added = [];

    /// <summary>The items on offer, in their order.</summary>
    public IReadOnlyList<string> Items => [.. Offered.Select(i => i.Id)];

    private IEnumerable<(string Id, string? Features)> Offered
        => _trained.Where(i => !i.IsRetired).Select(i => (i.Id, i.Features)).Concat(_added);

    public void Put(string id, string numbers)
    {
        if (_rows.TryGetValue(id, out int trained))
            _trained[trained] = (id, numbers, false);
        else if (_added.FindIndex(i => i.Id == id) is >= 0 and int added)
            _added[added] = (id, numbers);
        else
            _added.Add((id, numbers));
    }

    public void Retire(string id)
    {
        if (_rows.TryGetValue(id, out int trained))
            _trained[trained] = _trained[trained] with { IsRetired = true };
        _added.RemoveAll(i => i.Id == id);
    }

    public IReadOnlyList<string> History(int user)
        => [.. data.Train.ItemsOf(user).ToArray().Where(i => !_trained[i].IsRetired).Select(i => data.Items[i])];

    public IReadOnlyList<Recommendation> Popular()
    {
        int[] degrees = data.Train.ItemDegrees();
        return [.. Items.Select(id => new Recommendation(id, _rows.TryGetValue(id, out int item) ? degrees[item] : 0))
            .OrderByDescending(r => r.Score)];
    }

    /// <summary>Everything on offer, ranked for a user.</summary>
    public IReadOnlyList<Recommendation> Recommend(int user, bool excludeSeen)
    {
        IReadOnlyList<string> history = History(user);
        return [.. Offered.Where(i => !excludeSeen || !history.Contains(i.Id))
            .Select(i => new Recommendation(i.Id, Score(user, i.Id, i.Features))).OrderByDescending(r => r.Score)];
    }

    private float Score(int user, string id, string? numbers)
    {
        string alone = _rows.ContainsKey(id) ? id : Probe;
        if (!_alone.TryGetValue((alone, numbers), out Recommender? recommender))
            _alone[(alone, numbers)] = recommender = numbers is null ? origin
                : origin.WithItems([new ItemContent(alone, features(numbers))]);
        return recommender.Explain(data.Users[user], alone)!.Score;
    }
}
