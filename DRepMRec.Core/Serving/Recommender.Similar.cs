using DRepMRec.Kernels;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>The spaces that this model can compare in.</summary>
    public IReadOnlyList<RepresentationSpace> Spaces => SpacesOf(_model);

    /// <summary>The items most similar to an item, by the cosine of their representations.</summary>
    /// <param name="itemId">The item's raw id.</param>
    /// <param name="count">The most items; there are fewer when the catalogue has fewer. 0 gives an empty list.</param>
    /// <param name="space">The representations to compare.</param>
    /// <returns>
    /// Items with their cosines, the most similar first, without the item itself. Items of which nothing is known in this space have cosine
    /// 0. Empty where the item isn't known or the model doesn't have the space (<see cref="Spaces"/>).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public IReadOnlyList<Recommendation> SimilarItems(string itemId, int count = 10, RepresentationSpace space = RepresentationSpace.Fused)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!_model.TryGetItem(itemId, out int item) || !Spaces.Contains(space))
            return [];
        IReadOnlyList<RowStore> lines = Lines(space, _model.Items, _model.ItemBehavior, _model.ItemModal);
        Recommendation[] similar = [.. Similar(lines, item, count, i => i != item && !_model.Changes.IsHidden(i))
            .Select(s => new Recommendation(_model.ItemId(s.Index), s.Score))];
        GC.KeepAlive(this);
        return similar;
    }

    /// <summary>The users most similar to a user, by the cosine of their representations.</summary>
    /// <param name="userId">The user's raw id.</param>
    /// <param name="count">The most users; there are fewer when there are fewer. 0 gives an empty list.</param>
    /// <param name="space">The representations to compare.</param>
    /// <returns>
    /// Users with their cosines, the most similar first, without the user itself. Users of whom nothing is known, in this space or as they
    /// had nothing in training, have cosine 0. Empty where the user isn't known or the model doesn't have the space (<see cref="Spaces"/>).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public IReadOnlyList<SimilarUser> SimilarUsers(string userId, int count = 10, RepresentationSpace space = RepresentationSpace.Fused)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!_model.UserIds.TryGetIndex(userId, out int user) || !Spaces.Contains(space))
            return [];
        IReadOnlyList<RowStore> lines = Lines(space, _model.Users, _model.UserBehavior, _model.UserModal);
        bool isKnown = _model.Knows(user);
        IEnumerable<(float Score, int Index)> known = isKnown ? Similar(lines, user, count, u => u != user && _model.Knows(u)) : [],
            unknown = Enumerable.Range(0, lines[0].Count).Where(u => u != user && !(isKnown && _model.Knows(u))).Take(count)
                .Select(u => (0f, u));
        SimilarUser[] similar = [.. known.Concat(unknown).OrderByDescending(s => s.Score).ThenBy(s => s.Index).Take(count)
            .Select(s => new SimilarUser(_model.UserIds[s.Index], s.Score))];
        GC.KeepAlive(this);
        return similar;
    }

    internal static IReadOnlyList<RepresentationSpace> SpacesOf(ServingModel model) => model.Form is null ? [RepresentationSpace.Fused]
        : model.ItemModal.Count == 0 ? [RepresentationSpace.Fused, RepresentationSpace.Behavior]
        : [RepresentationSpace.Fused, RepresentationSpace.Behavior, RepresentationSpace.Content];

    private static (float Score, int Index)[] Similar(IReadOnlyList<RowStore> lines, int index, int count, Func<int, bool> admits)
    {
        float[] query = LineFusion.Sum([.. lines.Select(l => l[index].ToArray())]);
        double length = LineFusion.Length(query);
        for (int n = 0; n < query.Length; n++)
            query[n] = length > 0 ? (float)(query[n] / length) : 0;
        var best = new TopK(Math.Min(count, lines[0].Count), admits: admits, finiteOnly: true);
        RowScan.All(lines, query, [best], cosine: true);
        return best.Ranked.ToArray();
    }

    internal static IReadOnlyList<RowStore> Lines(RepresentationSpace space, RowStore fused, RowStore behavior,
        IReadOnlyList<RowStore> modal)
        => space switch { RepresentationSpace.Fused => [fused], RepresentationSpace.Behavior => [behavior], _ => modal };
}
