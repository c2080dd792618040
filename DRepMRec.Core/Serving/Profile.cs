using System.Numerics.Tensors;

namespace DRepMRec.Serving;

/// <summary>The user of a request: its representation, and the items that must not be recommended.</summary>
internal sealed class Profile
{
    private readonly ServingModel _model;
    private readonly int _user;
    private readonly HashSet<int> _history = [];
    private readonly HashSet<string> _unknown = [];
    private readonly List<string> _unknownInOrder = [];
    private float[][]? _parts;

    private Profile(ServingModel model, RecommendationRequest request)
    {
        _model = model;
        _user = request.UserId is not null && model.UserIds.TryGetIndex(request.UserId, out int user) ? user : -1;
        IsUserUnknown = _user < 0 && request.UserId is not null;
        foreach (string id in request.History)
            Note(id, _history);
    }

    public RecommendationSource Source { get; private set; }

    /// <summary>Whether the request names a user that the model doesn't know.</summary>
    public bool IsUserUnknown { get; }

    /// <summary>The fused row to rank by; <see langword="null"/> under <see cref="RecommendationSource.Popularity"/>.</summary>
    public float[]? Query { get; private set; }

    /// <summary>The parts of <see cref="Query"/>, where the model tells them; made when they are asked for.</summary>
    public float[][]? Parts => _parts ??= Source == RecommendationSource.User && _model.Form is { } form
        ? LineFusion.Parts(form, _model.UserBehavior[_user], [.. _model.UserModal.Select(m => m[_user].ToArray())], isUser: true) : null;

    /// <summary>What the items of the history add to the scores, where the model has an item-to-item part.</summary>
    public HistoryQuery? History { get; private set; }

    /// <summary>The ids that aren't known, each once, in the order of the request.</summary>
    public IReadOnlyList<string> UnknownItems => _unknownInOrder;

    /// <summary>A user is represented by its row only where rows are to be ranked by, else by the request's history.</summary>
    public static Profile Of(ServingModel model, RecommendationRequest request)
    {
        var profile = new Profile(model, request);
        if (profile._user >= 0 && model.RowOf(profile._user) is { } row)
            profile.UseTraining(row);
        else
            profile.FoldIn();
        return profile;
    }

    /// <summary>The rows of known items, ascending, each once; others are noted as unknown.</summary>
    public int[] Indices(IEnumerable<string> ids)
    {
        var known = new HashSet<int>();
        foreach (string id in ids)
            Note(id, known);
        return [.. known.Order()];
    }

    /// <summary>Whether the user has an item already.</summary>
    public bool HasSeen(int item) => _history.Contains(item) || (_user >= 0 && _model.Seen(_user).BinarySearch(item) >= 0);

    /// <summary>The rows of the items that the user has, in training and in the request, and that are offered; ascending.</summary>
    public int[] Seen()
    {
        var all = new HashSet<int>(_history);
        foreach (int item in _user >= 0 ? _model.Seen(_user) : [])
        {
            if (!_model.Changes.IsHidden(item))
                all.Add(item);
        }

        return [.. all.Order()];
    }

    private void UseTraining(float[] row)
    {
        Source = RecommendationSource.User;
        Query = row;
        History = HistoryQuery.Of(_model.ItemToItem, _model.Popularity, _model.Seen(_user), Query);
    }

    private void FoldIn()
    {
        Source = RecommendationSource.Popularity;
        if (_history.Count == 0)
            return;
        int[] items = [.. _history.Order()];
        float[]? behavior = FoldInMap.Apply(_model, items);
        float[][] modal = [.. _model.ItemModal.Select(rows => Mean(rows, items))];
        if (behavior is null && !modal.Any(m => m.ContainsAnyExcept(0)))
            return;
        Source = behavior is null ? RecommendationSource.Content : RecommendationSource.FoldIn;
        behavior ??= new float[_model.ItemBehavior.Width];
        _parts = _model.Form is { } form ? LineFusion.Parts(form, behavior, modal, isUser: true) : null;
        Query = _parts is null ? behavior : LineFusion.Sum(_parts);
        History = HistoryQuery.Of(_model.ItemToItem, _model.Popularity, items, Query);
    }

    private static float[] Mean(RowStore rows, int[] items)
    {
        var mean = new float[rows.Width];
        foreach (int item in items)
            TensorPrimitives.MultiplyAdd(rows[item], 1f / items.Length, mean, mean);
        return mean;
    }

    /// <summary>Refuses an id of a request that is <see langword="null"/>.</summary>
    public static string RequireId(string? id) => id ?? throw new ArgumentNullException("request", "An id of the request is null.");

    private void Note(string id, HashSet<int> known)
    {
        RequireId(id);
        if (_model.TryGetItem(id, out int item))
            known.Add(item);
        else if (_unknown.Add(id))
            _unknownInOrder.Add(id);
    }
}
