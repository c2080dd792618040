using DRepMRec.Kernels;
namespace DRepMRec.Serving;

/// <summary>One request on its way through the catalogue.</summary>
internal sealed class Ranking
{
    private const int Chunk = 1024;
    private readonly ServingModel _model;
    private readonly RecommendationRequest _request;
    private readonly Profile _profile;
    private readonly int[]? _candidates;
    private readonly HashSet<int> _excluded;
    private readonly TopK _selection;

    public Ranking(ServingModel model, RecommendationRequest request)
    {
        (_model, _request) = (model, request);
        _profile = Profile.Of(model, request);
        _candidates = request.Candidates is null ? null : _profile.Indices(request.Candidates);
        _excluded = [.. request.Excluded.Select(id => model.TryGetItem(id, out int item) ? item : -1)];
        float minimum = _profile.Source == RecommendationSource.Popularity ? float.NegativeInfinity : request.MinimumScore;
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
        RowScan.All([model.Items], queries, [.. rankings.Select(r => r._selection)]);
    }

    /// <summary>Runs a request that has candidates or goes by popularity.</summary>
    public void RunAlone()
    {
        if (_profile.Query is { } query)
        {
            RowScan.Some(_model.Items, _candidates, query, _selection);
            return;
        }

        if (_candidates is not null)
        {
            foreach (int item in _candidates)
                _selection.Offer(_model.Degree(item), item);
            return;
        }

        Span<float> scores = stackalloc float[Chunk];
        for (int from = 0; from < _model.ItemRows; from += Chunk)
        {
            int count = Math.Min(Chunk, _model.ItemRows - from);
            for (int i = 0; i < count; i++)
                scores[i] = _model.Degree(from + i);
            _selection.Offer(scores[..count], from);
        }
    }

    public RecommendationList Answer()
    {
        Recommendation[] best = [.. _selection.Ranked.ToArray().Select(s => new Recommendation(_model.ItemId(s.Index), s.Score))];
        return new RecommendationList(best, _profile.Source, _profile.UnknownItems);
    }

    private bool Admits(int item)
        => !_model.Changes.IsHidden(item) && !_excluded.Contains(item) && !(_request.ExcludeSeen && _profile.HasSeen(item))
        && (_request.Filter is null || _request.Filter(_model.ItemId(item)));
}
