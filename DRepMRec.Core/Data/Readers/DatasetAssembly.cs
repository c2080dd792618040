namespace DRepMRec.Data;

/// <summary>The last steps that all readers share: from what was read to a dataset.</summary>
internal static class DatasetAssembly
{
    /// <summary>Orders the ids, refuses duplicates, splits, and lines up the features.</summary>
    /// <param name="log">What was read.</param>
    /// <param name="name">The name unless the options have one.</param>
    /// <param name="features">The features, each modality once.</param>
    /// <param name="options">The options.</param>
    public static RecDataset Build(InteractionLog log, string name, IReadOnlyList<FeatureTable> features, DatasetOptions options)
    {
        if (log.Rows.Count == 0)
            throw log.Error("expected at least one interaction, found none.");
        if (features.GroupBy(f => f.Modality).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Each modality must occur once; got {twice.Count()} tables of '{twice.Key}'.", nameof(features));
        log.HandleDuplicates(options.Duplicates);
        foreach (FeatureTable table in features)
        {
            foreach (string id in table.ItemIds)
                log.Items.Add(id);
        }

        SplitStrategy strategy = options.Split ?? (log.HasLabels ? SplitStrategy.ByLabel() : SplitStrategy.RandomPerUser());
        SplitPart[] parts = strategy.Split(log);

        var (users, userIndices) = log.Users.Freeze();
        var (items, itemIndices) = log.Items.Freeze();
        InteractionSet Gather(SplitPart part)
        {
            var pairs = new List<(int, int)>();
            for (int i = 0; i < parts.Length; i++)
            {
                if (parts[i] == part)
                    pairs.Add((userIndices[log.Rows[i].User], itemIndices[log.Rows[i].Item]));
            }

            return new InteractionSet(users.Count, items.Count, pairs);
        }

        var splits = new InteractionSplits(Gather(SplitPart.Train), Gather(SplitPart.Validation), Gather(SplitPart.Test));
        ItemFeatures[] aligned = [.. features.OrderBy(f => f.Modality.Name, StringComparer.Ordinal).Select(f => f.Align(items))];
        return new RecDataset(options.Name ?? name, users, items, splits, aligned);
    }
}
