using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>What was written of recommendations.</summary>
public readonly record struct ExportSummary
{
    [JsonConstructor]
    internal ExportSummary(long users, long usersWithoutItems, long rows)
        => (Users, UsersWithoutItems, Rows) = (users, usersWithoutItems, rows);

    /// <summary>The users that were recommended something: each has at least one row.</summary>
    public long Users { get; internal init; }

    /// <summary>The users that nothing could be recommended to: they have no rows.</summary>
    public long UsersWithoutItems { get; internal init; }

    /// <summary>The rows.</summary>
    public long Rows { get; internal init; }

    internal ExportSummary Plus(RecommendationList list)
        => list.Count == 0 ? this with { UsersWithoutItems = UsersWithoutItems + 1 }
            : this with { Users = Users + 1, Rows = Rows + list.Count };
}
