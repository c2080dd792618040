using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>How far an export is.</summary>
public readonly record struct ExportProgress
{
    [JsonConstructor]
    internal ExportProgress(long done, long total)
        => (Done, Total) = (done, total);

    /// <summary>The users, items or rows that are done.</summary>
    public long Done { get; internal init; }

    /// <summary>How many there are.</summary>
    public long Total { get; internal init; }
}
