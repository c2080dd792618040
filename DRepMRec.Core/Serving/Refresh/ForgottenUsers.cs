using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>Makes a model in which some users never were.</summary>
internal static class ForgottenUsers
{
    public static ServingModel Without(ServingModel model, IReadOnlyCollection<string> ids)
    {
        var gone = new HashSet<int>();
        foreach (string id in ids)
        {
            if (id is null)
                throw new ArgumentNullException("userIds", "A user's id is null.");
            if (model.UserIds.TryGetIndex(id, out int user))
                gone.Add(user);
        }

        if (gone.Count == 0)
            return model;
        bool isExact = model.Manifest.Refresh?.Kind == RefreshKind.Exact;
        if (isExact)
            model = GrownCatalogue.Of(GrownCatalogue.WithoutForgotten(model), []);
        int[] kept = [.. Enumerable.Range(0, model.UserIds.Count).Where(user => !gone.Contains(user))];
        ServingModel left = Gather(model, kept);
        if (!isExact)
            return left;
        FirstLayer first = left.FirstLayer!;
        int[] known = [.. kept.TakeWhile(user => user < first.Users.Count)];
        Block<float> users = Block<float>.Allocate((long)known.Length * first.Width);
        for (int user = 0; user < known.Length; user++)
            first.Users[known[user]].CopyTo(users.Writable(user, first.Width));
        RefreshForm form = left.Manifest.Refresh! with { FirstUsers = known.Length };
        return Refresh.Recompute(
            left.WithFirstLayer(form, users, Copy(first.Items), first.ItemOffset is { } offset ? Copy(offset) : null));
    }

    private static Block<float> Copy(PagedRows rows)
    {
        Block<float> copy = Block<float>.Allocate((long)rows.Count * rows.Width);
        for (int row = 0; row < rows.Count; row++)
            rows[row].CopyTo(copy.Writable(row, rows.Width));
        return copy;
    }

    /// <summary>The model with the given users alone, their rows as they are.</summary>
    private static ServingModel Gather(ServingModel model, int[] kept)
    {
        var (offsets, items, weights) = model.Histories.Select(kept).Flatten();
        var degrees = new int[model.ItemIds.Count];
        foreach (int item in items.Slice(0, items.Length))
        {
            if ((uint)item >= (uint)degrees.Length)
                throw new ModelFileException($"The model is damaged: it refers to item {item} of {degrees.Length}.");
            degrees[item]++;
        }

        RowStore fused = model.Users.Select(kept);
        return model with
        {
            Manifest = model.Manifest with { Users = kept.Length, DataChecksum = "" },
            UserIds = IdTable.Of(kept.Select(user => model.UserIds[user])),
            Users = fused,
            UserBehavior = ReferenceEquals(model.UserBehavior, model.Users) ? fused : model.UserBehavior.Select(kept),
            UserModal = [.. model.UserModal.Select(rows => rows.Select(kept))],
            UserRows = null,
            SeenOffsets = offsets,
            SeenItems = items,
            SeenWeights = weights,
            Histories = new EdgeRows(offsets, items, weights),
            ItemDegrees = Block<int>.Copy(degrees),
        };
    }
}
