using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    private const string IsPopularity = "The score is the number of users of the item.";
    private const string NoParts = "The model's file doesn't have the lines that were fused, or their fusion isn't a sum.";

    /// <summary>Why an item has its score for a user.</summary>
    /// <param name="userId">The user's raw id.</param>
    /// <param name="itemId">The item's raw id.</param>
    /// <param name="supporters">The most items of the history that are named.</param>
    /// <returns><see langword="null"/> where the item isn't known.</returns>
    public Explanation? Explain(string userId, string itemId, int supporters = 3)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return Explain(new RecommendationRequest { UserId = userId }, itemId, supporters);
    }

    /// <summary>Why an item has its score in the answer to a request.</summary>
    /// <param name="request">The request; its user and history are read.</param>
    /// <param name="itemId">The item's raw id.</param>
    /// <param name="supporters">The most items of the history that are named.</param>
    /// <returns><see langword="null"/> where the item isn't known.</returns>
    public Explanation? Explain(RecommendationRequest request, string itemId, int supporters = 3)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(itemId);
        ArgumentOutOfRangeException.ThrowIfNegative(supporters);
        if (!_model.TryGetItem(itemId, out int item))
            return null;
        Profile profile = Profile.Of(_model, request);
        IReadOnlyList<Recommendation> support = profile.Query is null ? [] : Supporters(profile, item, supporters);
        Explanation explanation = profile.Query is { } query
            ? Split(WithHistory(new Explanation(itemId, Score(query, item, profile.History), profile.Source, support), profile, item),
                profile, item)
            : new Explanation(itemId, _model.Degree(item), profile.Source, support) { Unexplained = IsPopularity };
        GC.KeepAlive(this);
        return explanation;
    }

    private Explanation Split(Explanation explanation, Profile profile, int item)
    {
        if (_model.Form is not { } form || profile.Parts is not { } userParts)
            return explanation with { Unexplained = NoParts };
        float[][] itemParts = LineFusion.Parts(form, _model.ItemBehavior[item], [.. _model.ItemModal.Select(m => m[item].ToArray())],
            isUser: false);
        // Rows that were rounded once, each for itself, don't add up in whatever precision they are held since.
        LineFusion.Spread(userParts, profile.Query!);
        LineFusion.Spread(itemParts, _model.Items[item]);
        float[] user = LineFusion.Sum(userParts), fused = LineFusion.Sum(itemParts);
        float[] shares = [.. userParts.Select((part, p) => Finite(
            0.5f * (TensorPrimitives.Dot<float>(part, fused) + TensorPrimitives.Dot<float>(user, itemParts[p]))))];
        return explanation with
        {
            Behavior = shares[0],
            Modalities = form.Modalities.Select((m, n) => KeyValuePair.Create(new Modality(m.Name), shares[n + 1])).ToDictionary(),
        };
    }

    private Explanation WithHistory(Explanation explanation, Profile profile, int item)
    {
        (int Item, float Share)[] shares = [.. profile.History?.Shares(item) ?? []];
        return explanation with
        {
            ItemToItem = Finite(shares.Sum(s => s.Share)),
            Popularity = Finite(profile.History?.Popularity(item) ?? 0),
            History = [.. shares.OrderByDescending(s => s.Share).Select(s => new Recommendation(_model.ItemId(s.Item), s.Share))],
        };
    }

    /// <exception cref="ModelFileException">The recommender was loaded from a damaged file that wasn't verified.</exception>
    private static float Finite(float share) => float.IsFinite(share) ? share
        : throw new ModelFileException("The model is damaged: a part of the score isn't a finite number.");

    private float Score(float[] query, int item, HistoryQuery? history)
    {
        var one = new TopK(1, finiteOnly: true);
        RowScan.Some(_model.Items, [item], query, one, history);
        return one.Ranked is [var (score, _)] ? score : 0;
    }

    private Recommendation[] Supporters(Profile profile, int item, int count)
    {
        float[] row = _model.Items[item].ToArray();
        var best = new TopK(count, finiteOnly: true);
        foreach (int other in profile.Seen().Where(other => other != item))
        {
            double lengths = LineFusion.Length(row) * LineFusion.Length(_model.Items[other]);
            best.Offer(lengths > 0 ? (float)Math.Clamp(LineFusion.Dot(row, _model.Items[other]) / lengths, -1, 1) : 0, other);
        }

        return [.. best.Ranked.ToArray().Select(s => new Recommendation(_model.ItemId(s.Index), s.Score))];
    }
}
