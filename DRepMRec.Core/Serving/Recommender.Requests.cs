using DRepMRec.Internals;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>The most scores that a thread keeps at once: 32 MB.</summary>
    private const int MaxKeptScores = 1 << 23;

    /// <summary>The items with the highest scores for a user.</summary>
    /// <param name="userId">The user's raw id. For an unknown user <see cref="RecommendationList.Source"/> is popularity.</param>
    /// <param name="count">The most items; there are fewer when the catalogue has fewer. 0 gives an empty list.</param>
    /// <param name="excludeSeen">Whether the user's training items are left out.</param>
    /// <returns>Items with their scores, the best first.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public RecommendationList Recommend(string userId, int count = 10, bool excludeSeen = true)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return Recommend(new RecommendationRequest { UserId = userId, Count = count, ExcludeSeen = excludeSeen });
    }

    /// <summary>Answers a request by the first that there is: the user's representation, the history, its content, popularity.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentException">
    /// It asks for a column of metadata that there isn't or that is of another kind, for values that can't be, or for a space that the
    /// model doesn't have.
    /// </exception>
    public RecommendationList Recommend(RecommendationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Recommend([request])[0];
    }

    /// <summary>Answers many requests, one pass over the catalogue per 48, with the answers that each would get alone.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="parallel">
    /// The most threads, and a token that stops between requests and passes; <see langword="null"/> for all processors.
    /// </param>
    /// <returns>One answer per request, in the order of the requests.</returns>
    /// <exception cref="ArgumentException">One is <see langword="null"/>, or asks for metadata or a space that there isn't.</exception>
    /// <exception cref="OperationCanceledException">The token of <paramref name="parallel"/> asked to stop.</exception>
    public IReadOnlyList<RecommendationList> Recommend(IReadOnlyList<RecommendationRequest> requests, ParallelOptions? parallel = null)
    {
        ArgumentNullException.ThrowIfNull(requests);
        parallel ??= new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        parallel.CancellationToken.ThrowIfCancellationRequested();
        if (requests.Contains(null!))
            throw new ArgumentException("A request is null.", nameof(requests));
        using ServingTelemetry.Call call = ServingTelemetry.Begin(_model.ServedAs, requests.Count, _model.IsMeasured);
        try
        {
            Ranking[] rankings = Rank(requests, parallel);
            RecommendationList[] answers = [.. rankings.Select(r => r.Answer())];
            call.Complete(rankings);
            GC.KeepAlive(this);
            return answers;
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    /// <summary>What each request asks for; its user's rows may have to be computed for that.</summary>
    private Ranking[] Prepare(RecommendationRequest[] requests, ParallelOptions parallel)
    {
        var rankings = new Ranking[requests.Length];
        if (requests.Length > RowScan.MaxQueries)
        {
            try
            {
                Parallel.For(0, requests.Length, parallel, PrepareOne);
                return rankings;
            }
            catch (AggregateException)
            {
                // One after the other, so that it's the first request's error that comes out.
            }
        }

        for (int n = 0; n < requests.Length; n++)
            PrepareOne(n);
        return rankings;

        void PrepareOne(int n)
        {
            parallel.CancellationToken.ThrowIfCancellationRequested();
            rankings[n] = new Ranking(_model, requests[n]);
        }
    }

    private Ranking[] Rank(IReadOnlyList<RecommendationRequest> requests, ParallelOptions parallel)
    {
        Ranking[] rankings = Prepare([.. requests], parallel);
        Ranking[] wholeCatalogue = [.. rankings.Where(r => r.GoesOverAll)];
        int withScores = Math.Clamp(MaxKeptScores / Math.Max(1, _model.ItemRows), 1, RowScan.MaxQueries);
        Ranking[][] blocks = [.. wholeCatalogue.Where(r => !r.KeepsScores).Chunk(RowScan.MaxQueries),
            .. wholeCatalogue.Where(r => r.KeepsScores).Chunk(withScores)];
        Ranking[] others = [.. rankings.Where(r => !r.GoesOverAll)];
        if (blocks.Length + others.Length <= 1)
        {
            Ranking.RunAll(_model, [.. blocks.SelectMany(b => b)]);
            foreach (Ranking ranking in others)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                ranking.RunAlone();
            }
        }
        else
        {
            // By the pool, as the caller's options have it. What a filter throws, or a damaged file, is what the caller gets, as from a
            // single request.
            ParallelErrors.Unwrap(() =>
            {
                Parallel.ForEach(blocks, parallel, block => Ranking.RunAll(_model, block));
                Parallel.ForEach(others, parallel, r => r.RunAlone());
            });
        }

        return rankings;
    }
}
