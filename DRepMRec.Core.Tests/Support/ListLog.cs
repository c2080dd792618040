using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DRepMRec.Tests.Support;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(EventId Event, LogLevel Level, string Text)> _entries = [];

    /// <summary>Whether whoever logs gets an error.</summary>
    public bool Throws { get; set; }

    public IReadOnlyList<(EventId Event, LogLevel Level, string Text)> Of(int id) => [.. _entries.Where(e => e.Event.Id == id)];

    public ILogger CreateLogger(string categoryName)
        => categoryName.StartsWith("DRepMRec", StringComparison.Ordinal) ? this
            : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Throws)
            throw new InvalidOperationException("The log is full.");
        _entries.Enqueue((eventId, logLevel, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
