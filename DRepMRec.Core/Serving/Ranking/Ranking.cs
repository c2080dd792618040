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
    private readonly TopK _selection;
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
        _selection = new TopK(Math.Min(request.Count, model.ItemRows), minimum, Admits, finiteOnly: true);
    }

    /// <summary>Whether the request shares a pass over the catalogue with others.</summary>
    public bool GoesOverAll => _candidates is null && _profile.Query is not null;

    /// <summary>Runs requests that go over the whole catalogue.</summary>
    public static void RunAll(ServingModel model, Ranking[] rankings)
    {
        if (rankings.Length == 0)
            return;
        float[] queries = [.. rankings.SelectMany(r => r._profile.Query!)];
        RowScan.All(
            [model.Items], queries, [.. rankings.Select(r => r._selection)], histories: [.. rankings.Select(r => r._profile.History)]);
    }

    /// <summary>Runs a request that has candidates or goes by popularity.</summary>
    public void RunAlone()
    {
        if (_profile.Query is { } query)
        {
            RowScan.Some(_model.Items, _candidates, query, _selection, _profile.History);
            return;
        }

        if (_candidates is not null)
        {
            foreach (int item in _candidates)
                _selection.Offer(_model.Degree(item), item);
            return;
        }

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

    public RecommendationList Answer()
    {
        IEnumerable<(float Score, int Index)> best = _popular.Count > 0 ? _popular : _selection.Ranked.ToArray();
        return new([.. best.Select(s => new Recommendation(_model.ItemId(s.Index), s.Score))], _profile.Source, _profile.UnknownItems);
    }

    private void TakePopular(int item)
    {
        if (Admits(item))
            _popular.Add((_model.Degree(item), item));
    }

    private bool Admits(int item)
        => !_model.Changes.IsHidden(item) && !_excluded.Contains(item) && !(_request.ExcludeSeen && _profile.HasSeen(item))
        && (_request.Filter is null || _request.Filter(_model.ItemId(item)));
}
