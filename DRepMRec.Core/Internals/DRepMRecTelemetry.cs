using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DRepMRec;

/// <summary>
/// The name under which the library's metrics and traces are found. docs/operations.md lists every instrument and activity.
/// </summary>
/// <remarks>
/// Instruments are of the <see cref="System.Diagnostics.Metrics.Meter"/>, activities of the
/// <see cref="System.Diagnostics.ActivitySource"/> of this name. No tag has the id of a user or an item. While nobody listens, nothing is
/// measured.
/// </remarks>
public static class DRepMRecTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "DRepMRec";

    /// <summary>The tag for the name of a served model: its key, or "default".</summary>
    internal const string ModelTag = "drepmrec.model";

    internal static readonly Meter Meter = new(Name, Version);

    internal static readonly ActivitySource Activities = new(Name, Version);

    private static string Version => typeof(DRepMRecTelemetry).Assembly.GetName().Version!.ToString(3);

    /// <summary>Marks an activity as failed. The message of the exception may have ids and stays out of it.</summary>
    internal static void Fail(this Activity? activity, Exception exception)
    {
        activity?.SetTag("error.type", exception.GetType().FullName);
        activity?.SetStatus(ActivityStatusCode.Error);
    }
}
