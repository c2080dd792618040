namespace DRepMRec.Serving;

/// <summary>What was written of recommendations.</summary>
/// <param name="Users">The users that were recommended something: each has at least one row.</param>
/// <param name="UsersWithoutItems">The users that nothing could be recommended to: they have no rows.</param>
/// <param name="Rows">The rows.</param>
public readonly record struct ExportSummary(long Users, long UsersWithoutItems, long Rows)
{
    internal ExportSummary Plus(RecommendationList list)
        => list.Count == 0 ? this with { UsersWithoutItems = UsersWithoutItems + 1 }
            : this with { Users = Users + 1, Rows = Rows + list.Count };
}
