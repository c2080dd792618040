using System.Diagnostics.Metrics;
using DRepMRec;

namespace Benchmarks;

/// <summary>The time that the thread which made it spends in loops that threads share, while it exists.</summary>
internal sealed class LoopTime : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly MeterListener _listener = new();

    public LoopTime()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == DRepMRecTelemetry.Name && instrument.Name == "drepmrec.loop.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            if (Environment.CurrentManagedThreadId == _thread)
                Milliseconds += seconds * 1000;
        });
        _listener.Start();
    }

    public double Milliseconds { get; private set; }

    public void Dispose() => _listener.Dispose();
}
