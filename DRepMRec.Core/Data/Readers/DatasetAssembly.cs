using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The last steps that all readers share: from what was read to a dataset.</summary>
internal static class DatasetAssembly
{
    private const double DefaultValidationShare = 0.1;

    /// <summary>Orders the ids, refuses duplicates, splits, and lines up the features.</summary>
    /// <param name="log">The interactions that were read.</param>
    /// <param name="name">The name unless the options have one.</param>
    /// <param name="content">What is known of the items.</param>
    /// <param name="options">The options.</param>
    public static RecDataset Build(InteractionLog log, string name, DatasetContent content, DatasetOptions options)
    {
        IReadOnlyList<FeatureTable> features = content.Features;
        if (features.Contains(null!))
            throw new ArgumentException("Each table of features must be one; got null.", nameof(features));
        if (features.GroupBy(f => f.Modality).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Each modality must occur once; got {twice.Count()} tables of '{twice.Key}'.", nameof(features));
        SplitStrategy strategy = options.Split
            ?? (log.HasLabels ? SplitStrategy.ByLabel(allowMissing: true, DefaultValidationShare) : SplitStrategy.RandomPerUser());
        if (strategy.ReadsLabels)
            log.RequireLabels();
        DuplicateHandling duplicates = options.Duplicates ?? DuplicateHandling.Reject;

        // A sum has the latest time of its rows; otherwise a row without one mustn't stand for one that has it.
        if (strategy.ReadsTimestamps)
            log.RequireTimestamps(strategy, sparesPairs: duplicates == DuplicateHandling.Sum);
        log.HandleDuplicates(duplicates, strategy.ReadsLabels);
        LoadReport report = log.Close();
        if (options.Catalogue is { } catalogue)
            features = [.. features.Select(table => Offered(table, [.. catalogue], log)).OfType<FeatureTable>()];
        if (log.HasUnreadRatings)
            log.Note($"ratings not read: only {nameof(DatasetOptions.MinimumRating)} reads them");
        int notes = log.Notes.Count;
        SplitPart[] parts = Split(log, strategy, options);
        string[] notesOnSplit = [.. log.Notes.Skip(notes)];
        IdSpellings.NoteAlike(log, log.Users, "users");
        IdSpellings.NoteAlike(log, log.Items, "items");
        report = report with { Items = content.Items is null ? null : ItemMatch.Check(log, content.Items) };
        CheckFeatures(log, features);

        var (users, userIndices) = log.Users.Freeze();
        var (items, itemIndices) = log.Items.Freeze();
        var sets = new InteractionSet[3];
        Parallelism.ForRanges(sets.Length, minimumPerThread: 1, (from, to) =>
        {
            for (int part = from; part < to; part++)
                sets[part] = SplitGathering.Gather(log, parts, (SplitPart)part, userIndices, itemIndices);
        });
        var splits = new InteractionSplits(sets[(int)SplitPart.Train], sets[(int)SplitPart.Validation], sets[(int)SplitPart.Test]);
        NoteWeights(log, splits);
        var aligned = new List<ItemFeatures>();
        foreach (FeatureTable table in features.OrderBy(f => f.Modality.Name, StringComparer.Ordinal))
        {
            foreach (string note in table.Notes)
                log.Note(note);
            ItemFeatures own = table.Align(items);
            if (table.ItemIds.Count > own.PresentCount)
                log.Note(string.Create(CultureInfo.InvariantCulture,
                    $"{table.Modality}: {table.ItemIds.Count - own.PresentCount:N0} rows are all zero or "
                    + $"have NaN or infinity, which means that the item has none"));
            if (!log.Rows.Any(row => own.Present[itemIndices[row.Item]]))
                log.Note($"{table.Modality}: no item with interactions has features");
            aligned.Add(own);
        }

        return new RecDataset(options.Name ?? name, users, items, splits, aligned)
        {
            Notes = [.. log.Notes],
            NotesOnSplit = notesOnSplit,
            Report = report,
            ItemTable = content.Items,
        };
    }

    private static SplitPart[] Split(InteractionLog log, SplitStrategy strategy, DatasetOptions options)
    {
        SplitPart[] parts = strategy.Split(log);
        if (log.HasTimestamps && !strategy.ReadsTimestamps)
            log.Note($"timestamps not read: the split {strategy} needs none");
        if (log.HasLabels && !strategy.ReadsLabels)
            log.Note($"labels not read: the split {strategy} was asked for");
        if (options.Split is null && !log.HasLabels)
        {
            log.Note(string.Create(CultureInfo.InvariantCulture,
                $"no labels were found: split by {strategy} with the seed {strategy.Seed}"));
        }

        foreach (var (part, set) in new[] { (SplitPart.Validation, "validation"), (SplitPart.Test, "test") })
        {
            if (strategy.ReadsLabels && !parts.Contains(part))
                log.Note($"the labels give no {set} interactions");
        }

        return parts;
    }

    private static void NoteWeights(InteractionLog log, InteractionSplits splits)
    {
        InteractionSet[] sets = [splits.Train, splits.Validation, splits.Test];
        int weighted = sets.Sum(set => set.Weights.Length - set.Weights.Count(1f));
        if (weighted == 0)
            return;
        log.Note(string.Create(CultureInfo.InvariantCulture, $"{weighted:N0} of {log.Rows.Count:N0} interactions have another weight than "
            + $"1: training counts them by log2(1 + weight), evaluation counts each as one"));
    }

    /// <summary>The features of items that are in the catalogue; the others' are no reason to offer them.</summary>
    /// <returns>Their table; <see langword="null"/> where none is left.</returns>
    private static FeatureTable? Offered(FeatureTable table, HashSet<string> catalogue, InteractionLog log)
    {
        int[] rows = [.. Enumerable.Range(0, table.ItemIds.Count).Where(row => catalogue.Contains(table.ItemIds[row]))];
        if (rows.Length == table.ItemIds.Count)
            return table;
        string example = table.ItemIds.First(id => !catalogue.Contains(id));
        log.Note(string.Create(CultureInfo.InvariantCulture, $"{table.Modality}: {table.ItemIds.Count - rows.Length:N0} rows were left "
            + $"out, of items that aren't in the catalogue, such as {Shown.Text(example)}"
            + $"{(rows.Length == 0 ? ": none is left, and the dataset lacks the modality" : "")}"));
        if (rows.Length > 0)
            return table.Of(rows);
        foreach (string note in table.Notes)
            log.Note(note);
        return null;
    }

    private static void CheckFeatures(InteractionLog log, IReadOnlyList<FeatureTable> features)
    {
        foreach (string id in features.SelectMany(table => table.ItemIds))
            log.Items.Declare(id);
        var isChosen = new bool[log.Items.Count];
        foreach (RawInteraction row in log.Rows)
            isChosen[row.Item] = true;
        foreach (FeatureTable table in features)
            FeatureCoverage.Check(table, log, isChosen);
    }
}
