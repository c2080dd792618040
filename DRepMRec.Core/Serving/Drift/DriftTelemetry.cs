using System.Diagnostics.Metrics;

namespace DRepMRec.Serving;

/// <summary>The gauges of drift, if somebody listens.</summary>
internal static class DriftTelemetry
{
    private static readonly Gauge<double> Unknown = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.drift.unknown", "1", "The share of the newest interactions whose user or item the model doesn't know.");

    private static readonly Gauge<double> Popularity = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.drift.popularity", "1", "The total variation distance of the newest interactions' items from the model's.");

    private static readonly Gauge<double> Content = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.drift.content", "1", "The energy distance of the newest interactions' content from the model's, by modality.");

    private static readonly Gauge<double> Quality = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.drift.quality", "1", "The figures of the answers to the users of the newest interactions, by metric.");

    public static void Record(DriftReport report, string model)
    {
        KeyValuePair<string, object?> name = new(DRepMRecTelemetry.ModelTag, model);
        Unknown.Record(report.UnknownUserShare, name, new("drepmrec.kind", "user"));
        Unknown.Record(report.UnknownItemShare, name, new("drepmrec.kind", "item"));
        Popularity.Record(report.PopularityShift, name);
        foreach (var (modality, distance) in report.ContentShift)
            Content.Record(distance, name, new("drepmrec.modality", modality.Name));
        foreach (var (metric, value) in report.Quality)
            Quality.Record(value, name, new("drepmrec.metric", metric.ToString()));
    }
}
