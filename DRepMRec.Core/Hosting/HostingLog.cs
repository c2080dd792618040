using Microsoft.Extensions.Logging;

namespace DRepMRec.Hosting;

/// <summary>What is logged of served models. docs/operations.md lists the event ids.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Information,
        "The recommender '{Name}' serves {Path} of {Written:u}: {Users} users, {Items} items; loaded in {Seconds:F3} s")]
    public static partial void ModelServed(
        this ILogger logger, string name, string path, DateTime written, int users, int items, double seconds);

    [LoggerMessage(2, LogLevel.Error, "The recommender '{Name}' can't serve {Path}; what it serves stays: {Served}. Next try: {Retry}")]
    public static partial void ModelRefused(
        this ILogger logger, Exception exception, string name, string? path, string served, string retry);

    [LoggerMessage(3, LogLevel.Debug, "The recommender '{Name}' can't load {Path}, which may still be being written: {Reason}")]
    public static partial void ModelNotReady(this ILogger logger, string name, string? path, string reason);

    [LoggerMessage(4, LogLevel.Information, "The recommender '{Name}' finds the file that it serves again: {Path}")]
    public static partial void ModelFoundAgain(this ILogger logger, string name, string path);

    [LoggerMessage(5, LogLevel.Information, "The recommender '{Name}' waits for its first model: {Path}")]
    public static partial void ModelAwaited(this ILogger logger, string name, string path);
}
