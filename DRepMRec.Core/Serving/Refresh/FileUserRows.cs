namespace DRepMRec.Serving;

/// <summary>The rows of a file's users that snapshots with newer interactions ask for: they keep no more of its model.</summary>
/// <param name="Fused">The fused rows; none where all follow from a propagation.</param>
/// <param name="Behavior">The rows of the behaviour line; none where all follow from a propagation.</param>
/// <param name="Modal">The rows of the modal line, by modality: those of users without an item don't follow from anything.</param>
internal sealed record FileUserRows(RowStore Fused, RowStore Behavior, IReadOnlyList<RowStore> Modal)
{
    /// <param name="model">The model as its file has it.</param>
    /// <param name="arePropagated">Whether fused rows and the behaviour line follow from a propagation.</param>
    public static FileUserRows Of(ServingModel model, bool arePropagated)
    {
        RowStore none = RowStore.Of([], width: 1);
        return !arePropagated ? new(model.Users, model.UserBehavior, model.UserModal)
            : new(none, none, [.. model.UserModal.Select(rows => rows.IsComputed ? OfUsersWithoutItems(model, rows) : rows)]);
    }

    /// <summary>Rows that were computed lead to the model that computes them, and so to all that it has.</summary>
    private static RowStore OfUsersWithoutItems(ServingModel model, RowStore computed)
    {
        int[] users = [.. Enumerable.Range(0, computed.Count).Where(user => model.Seen(user).IsEmpty)];
        Dictionary<int, float[]> kept = users.ToDictionary(user => user, user => computed[user].ToArray());
        return Of(kept, computed.Count, computed.Width);
    }

    private static RowStore Of(Dictionary<int, float[]> rows, int count, int width)
        => new(count, width, RowPrecision.Single, user => rows.GetValueOrDefault(user) ?? new float[width]);
}
