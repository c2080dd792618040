using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DRepMRec.Hosting;

/// <summary>Measures what is loaded, and how old what is served is.</summary>
internal static class HostingTelemetry
{
    private const string OutcomeTag = "drepmrec.outcome";

    private static readonly ConcurrentDictionary<RecommenderProvider, bool> Providers = [];

    private static readonly Counter<long> Loads = DRepMRecTelemetry.Meter.CreateCounter<long>(
        "drepmrec.model.loads", "{load}", "Models that were loaded, at the start or in the place of another, and those that were refused.");

    private static readonly Histogram<double> Duration = DRepMRecTelemetry.Meter.CreateHistogram(
        "drepmrec.model.load.duration", "s", "The time that loading, checking and warming a model took.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60] });

    static HostingTelemetry()
        => DRepMRecTelemetry.Meter.CreateObservableGauge(
            "drepmrec.model.age", Ages, "s", "The time since the served model's file was written.");

    public static void Add(RecommenderProvider provider) => Providers[provider] = true;

    public static void Remove(RecommenderProvider provider) => Providers.TryRemove(provider, out _);

    public static Activity? StartLoad(string name)
        => DRepMRecTelemetry.Activities.StartActivity("drepmrec.load")?.SetTag(DRepMRecTelemetry.ModelTag, name);

    public static void Loaded(string name, TimeSpan time)
    {
        Loads.Add(1, Tag(name), new(OutcomeTag, "success"));
        Duration.Record(time.TotalSeconds, Tag(name));
    }

    public static void Refused(string name, Exception exception)
        => Loads.Add(1, Tag(name), new(OutcomeTag, "failure"), new("error.type", exception.GetType().FullName));

    private static IEnumerable<Measurement<double>> Ages()
        => from provider in Providers.Keys
           let age = provider.Age
           where age is not null
           select new Measurement<double>(age.Value.TotalSeconds, Tag(provider.Status.Name));

    private static KeyValuePair<string, object?> Tag(string name) => new(DRepMRecTelemetry.ModelTag, name);
}
