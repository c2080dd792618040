using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DRepMRec.Serving;

/// <summary>Measures requests, if somebody listens.</summary>
internal static class ServingTelemetry
{
    private const string SourceTag = "drepmrec.source";
    private const string Mixed = "mixed";

    private static readonly Counter<long> Requests = DRepMRecTelemetry.Meter.CreateCounter<long>(
        "drepmrec.requests", "{request}", "Requests for recommendations that were answered.");

    private static readonly Histogram<double> Duration = DRepMRecTelemetry.Meter.CreateHistogram(
        "drepmrec.request.duration", "s", "The time of a call for recommendations, of one request or of many at once.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5],
        });

    private static readonly Counter<long> UnknownIds = DRepMRecTelemetry.Meter.CreateCounter<long>(
        "drepmrec.unknown_ids", "{id}", "Ids of requests that the model doesn't know.");

    private static readonly Counter<long> Filtered = DRepMRecTelemetry.Meter.CreateCounter<long>(
        "drepmrec.candidates.filtered", "{item}",
        "Items with a score for the answer that were left out: had already, excluded, retired, or refused by the filter.");

    private static bool IsListenedTo => Requests.Enabled || Duration.Enabled || UnknownIds.Enabled || Filtered.Enabled
        || DRepMRecTelemetry.Activities.HasListeners();

    /// <summary>Begins a call.</summary>
    /// <param name="model">The name that the model is served by, if any.</param>
    /// <param name="requests">How many requests there are.</param>
    /// <param name="isMeasured">Whether they are somebody's.</param>
    public static Call Begin(string? model, int requests, bool isMeasured = true)
    {
        if (!isMeasured || !IsListenedTo)
            return default;
        Activity? activity = DRepMRecTelemetry.Activities.StartActivity("drepmrec.recommend");
        activity?.SetTag(DRepMRecTelemetry.ModelTag, model).SetTag("drepmrec.requests", requests);
        return new Call(model, activity, Stopwatch.GetTimestamp());
    }

    private static string Name(RecommendationSource source) => source switch
    {
        RecommendationSource.User => "user",
        RecommendationSource.FoldIn => "fold_in",
        RecommendationSource.Content => "content",
        _ => "popularity",
    };

    private static TagList Tags(string? model)
    {
        var tags = default(TagList);
        if (model is not null)
            tags.Add(DRepMRecTelemetry.ModelTag, model);
        return tags;
    }

    /// <summary>A call under way.</summary>
    public readonly ref struct Call(string? model, Activity? activity, long start) : IDisposable
    {
        /// <summary>Reports what became of the requests.</summary>
        public void Complete(ReadOnlySpan<Ranking> rankings)
        {
            if (start == 0 || rankings.Length == 0)
                return;
            TagList duration = Tags(model), users = Tags(model), items = Tags(model), filtered = Tags(model);
            string source = Name(rankings[0].Source);
            long unknownUsers = 0, unknownItems = 0, leftOut = 0;
            foreach (Ranking ranking in rankings)
            {
                string own = Name(ranking.Source);
                source = own == source ? source : Mixed;
                TagList tags = Tags(model);
                tags.Add(SourceTag, own);
                Requests.Add(1, tags);
                unknownUsers += ranking.IsUserUnknown ? 1 : 0;
                unknownItems += ranking.UnknownItems.Count;
                leftOut += ranking.Filtered;
            }

            duration.Add(SourceTag, source);
            Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, duration);
            users.Add("drepmrec.kind", "user");
            items.Add("drepmrec.kind", "item");
            Add(UnknownIds, unknownUsers, users);
            Add(UnknownIds, unknownItems, items);
            Add(Filtered, leftOut, filtered);
            activity?.SetTag(SourceTag, source).SetTag("drepmrec.unknown_ids", unknownUsers + unknownItems);
        }

        public void Fail(Exception exception) => activity.Fail(exception);

        public void Dispose() => activity?.Dispose();

        private static void Add(Counter<long> counter, long count, in TagList tags)
        {
            if (count > 0)
                counter.Add(count, tags);
        }
    }
}
