using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>One request on its way through the catalogue.</summary>
internal sealed class Ranking
{
    private readonly ServingModel _model;
    private readonly RecommendationRequest _request;
    private readonly Profile _profile;
    private readonly int[]? _candidates;
    private readonly HashSet<int> _excluded = [];
    private readonly Func<int, bool>[] _conditions;
    private readonly TopK _selection;
    private readonly Reranking? _reranking;
    private readonly List<(float Score, int Index)> _popular = [];

    public Ranking(ServingModel model, RecommendationRequest request)
    {
        (_model, _request) = (model, request);
        _profile = Profile.Of(model, request);
        _candidates = request.Candidates is null ? null : _profile.Indices(request.Candidates);
        foreach (string id in request.Excluded)
        {
            if (model.TryGetItem(Profile.RequireId(id), out int item))
                _excluded.Add(item);
        }

        bool isPopularity = _profile.Source == RecommendationSource.Popularity;
        float minimum = isPopularity ? float.NegativeInfinity : request.MinimumScore;
        _conditions = [.. request.Where.Select(c => c.Compile(model.Metadata?.Table))];
        _selection = new TopK(Math.Min(request.Count, model.ItemRows), minimum, Admits, finiteOnly: true);
        if (request.IsReranked)
            _reranking = new Reranking(model, request, _candidates, minimum, Admits);
    }

    public RecommendationSource Source => _profile.Source;

    public bool IsUserUnknown => _profile.IsUserUnknown;

    public IReadOnlyList<string> UnknownItems => _profile.UnknownItems;

    /// <summary>How many items would have been in the answer so far, and weren't admitted.</summary>
    public int Filtered { get; private set; }

    /// <summary>Whether the scores of all items are kept until the best have been chosen.</summary>
    public bool KeepsScores => _reranking is not null;

    /// <summary>Whether the request shares a pass over the catalogue with others.</summary>
    public bool GoesOverAll => _candidates is null && _profile.Query is not null;

    /// <summary>Runs requests that go over the whole catalogue.</summary>
    public static void RunAll(ServingModel model, Ranking[] rankings)
    {
        if (rankings.Length == 0)
            return;
        float[] queries = [.. rankings.SelectMany(r => r._profile.Query!)];
        foreach (Ranking ranking in rankings)
            ranking._reranking?.Begin();
        RowScan.All(
            [model.Items], queries, [.. rankings.Select(r => r.Sink)], histories: [.. rankings.Select(r => r._profile.History)]);
        foreach (Ranking ranking in rankings)
            ranking._reranking?.Finish();
    }

    /// <summary>Runs a request that has candidates or goes by popularity.</summary>
    public void RunAlone()
    {
        _reranking?.Begin();
        if (_profile.Query is { } query)
            RowScan.Some(_model.Items, _candidates, query, Sink, _profile.History);
        else if (_candidates is not null || _reranking is not null)
            OfferPopularity();
        else
            TakeMostPopular();
        _reranking?.Finish();
    }

    public RecommendationList Answer()
    {
        IEnumerable<(float Score, int Index)> best = _reranking?.Chosen
            ?? (_popular.Count > 0 ? _popular : (IEnumerable<(float Score, int Index)>)_selection.Ranked.ToArray());
        Calibration? calibration = _profile.Source == RecommendationSource.User ? _model.Calibration : null;
        return new([.. best.Select(s => new Recommendation(_model.ItemId(s.Index), s.Score, calibration?.Probability(s.Score)))],
            _profile.Source, _profile.UnknownItems);
    }

    private IScoreSink Sink => _reranking?.Scores as IScoreSink ?? _selection;

    private void OfferPopularity()
    {
        int count = _candidates?.Length ?? _model.ItemRows;
        for (int n = 0; n < count; n++)
        {
            int item = _candidates is null ? n : _candidates[n];
            Sink.Offer(_model.Degree(item), item);
        }
    }

    private void TakeMostPopular()
    {

        // The order is known beforehand; items that were added since have no users, and so come last.
        foreach (int item in _model.Popularity.Items)
        {
            if (_popular.Count == _request.Count)
                return;
            TakePopular(item);
        }

        for (int item = _model.ItemIds.Count; item < _model.ItemRows && _popular.Count < _request.Count; item++)
            TakePopular(item);
    }

    private void TakePopular(int item)
    {
        if (Admits(item))
            _popular.Add((_model.Degree(item), item));
    }

    private bool Admits(int item)
    {
        bool admits = MayBeRecommended(item);
        Filtered += admits ? 0 : 1;
        return admits;
    }

    /// <summary>What is least likely to let an item pass at the lowest price is asked first, the caller's own code last.</summary>
    private bool MayBeRecommended(int item)
        => !_model.Changes.IsHidden(item) && MeetsConditions(item) && !(_excluded.Count > 0 && _excluded.Contains(item))
        && !(_request.ExcludeSeen && _profile.HasSeen(item)) && (_request.Filter is null || _request.Filter(_model.ItemId(item)));

    private bool MeetsConditions(int item)
    {
        if (_conditions.Length == 0)
            return true;
        int row = _model.Metadata!.RowOf(item);
        foreach (Func<int, bool> condition in _conditions)
        {
            if (!condition(row))
                return false;
        }

        return true;
    }
}
