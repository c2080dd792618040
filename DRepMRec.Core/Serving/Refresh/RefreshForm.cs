using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>How a model takes new interactions. Part of the manifest.</summary>
/// <remarks>Settable, so that members that a file lacks keep their defaults; nothing sets them later.</remarks>
internal sealed record RefreshForm
{
    /// <summary>The number of propagation layers; 0 where users are folded in.</summary>
    public int Layers { get; set; }

    /// <summary>How many users have a learned first row.</summary>
    public int FirstUsers { get; set; }

    /// <summary>How many items have a learned first row.</summary>
    public int FirstItems { get; set; }

    /// <summary>Whether these items' rows get something added after propagation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasItemOffset { get; set; }

    /// <summary>Whether items without an interaction get it too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OffsetsColdItems { get; set; }

    /// <summary>Why users are folded in; <see langword="null"/> where rows are exact.</summary>
    public string? Reason { get; set; }

    [JsonIgnore]
    public RefreshKind Kind => Reason is null ? RefreshKind.Exact : RefreshKind.FoldIn;
}
