using System.Text.Json.Serialization;

namespace DRepMRec.Training;

/// <summary>What a training took over from an earlier model.</summary>
public sealed record WarmStartReport
{
    [JsonConstructor]
    internal WarmStartReport()
    {
    }

    /// <summary>What tells the earlier model from others: <see cref="EarlierModel.Checksum"/>.</summary>
    public required string From { get; init; }

    /// <summary>What tells the moments that went over from others; null where none did.</summary>
    internal string? MomentsFrom { get; init; }

    /// <summary>The options.</summary>
    public required WarmStartOptions Options { get; init; }

    /// <summary>
    /// Tables of users or items that stayed this model's own, by name: frozen ones and buffers that no earlier training had changed, as
    /// content is.
    /// </summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>Users whose rows went over.</summary>
    public int KnownUsers { get; init; }

    /// <summary>Items whose rows went over.</summary>
    public int KnownItems { get; init; }

    /// <summary>New users whose rows begin as the mean over their items.</summary>
    public int UsersFromNeighbors { get; init; }

    /// <summary>New items whose rows begin as the mean over similar items.</summary>
    public int ItemsFromContent { get; init; }

    /// <summary>New items whose rows begin as the mean over their users.</summary>
    public int ItemsFromNeighbors { get; init; }

    /// <summary>New users and items whose rows begin at random.</summary>
    public int Random { get; init; }

    /// <summary>Users and items of the earlier model that the dataset doesn't have.</summary>
    public int Gone { get; init; }
}
