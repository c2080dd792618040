using DRepMRec.Data;
using DRepMRec.Serving;

namespace FollowTheLog;

/// <summary>What happened, in its order, and the content of the items.</summary>
internal sealed record Log(IReadOnlyList<Interaction> Rows, IReadOnlyList<FeatureTable> Features)
{
    /// <summary>The file or folder that it was read from; null for a stream that is made up.</summary>
    public string? Source { get; init; }

    public static Log Read(string? path) => path is null ? MakeUp()
        : (Directory.Exists(path) ? InArtificialOrder(RecDataset.Load(path)) : new Log(InOrder(path), [])) with { Source = path };

    /// <summary>
    /// Rows as a recommender takes them in, to which a weight is that of the pair from then on: the sum of all rows of the pair so far, as
    /// training adds them up.
    /// </summary>
    /// <param name="from">The first row.</param>
    /// <param name="until">The row after the last one.</param>
    public IReadOnlyList<Interaction> Arrivals(int from, int until)
    {
        var sums = new Dictionary<(string User, string Item), double>();
        var arrivals = new List<Interaction>();
        for (int n = 0; n < until; n++)
        {
            Interaction row = Rows[n];
            if (row.Weight is { } weight)
                row = row with { Weight = sums[(row.User, row.Item)] = sums.GetValueOrDefault((row.User, row.Item)) + weight };
            if (n >= from)
                arrivals.Add(row);
        }

        return arrivals;
    }

    /// <summary>The dataset of the oldest rows; those that repeat an interaction aren't held out.</summary>
    /// <param name="train">How many of the rows are for training.</param>
    /// <param name="validation">How many rows after them are for validation.</param>
    /// <param name="test">How many rows after those are for testing.</param>
    public RecDataset Dataset(int train, int validation = 0, int test = 0)
    {
        var first = Rows.Take(train).Select(i => i with { Label = 0 });
        HashSet<(string, string)> known = [.. Rows.Take(train).Select(i => (i.User, i.Item))];
        var later = Rows.Skip(train).Take(validation + test).Select((i, n) => i with { Label = n < validation ? 1 : 2 })
            .Where(i => known.Add((i.User, i.Item)));
        Interaction[] all = [.. first, .. later];
        HashSet<string> items = [.. all.Select(i => i.Item)];
        return RecDataset.FromInteractions("shop", all, [.. Features.Select(f => Of(f, items))], new DatasetOptions
        {
            Split = SplitStrategy.ByLabel(allowMissing: true),
            Duplicates = Rows.Any(row => row.Weight is not null) ? DuplicateHandling.Sum : DuplicateHandling.KeepFirst,
        });
    }

    /// <summary>The content of items that a recommender doesn't have yet.</summary>
    public IReadOnlyList<ItemContent> Content(IEnumerable<string> items)
    {
        HashSet<string> wanted = [.. items];
        return [.. Features.SelectMany(f => f.ItemIds.Select((id, row) => (id, row)).Where(r => wanted.Contains(r.id))
                .Select(r => (r.id, f.Modality, Row: f.Values.Slice(r.row * f.Dimension, f.Dimension))))
            .GroupBy(r => r.id).Select(g => new ItemContent(g.Key, g.ToDictionary(r => r.Modality, r => r.Row)))];
    }

    /// <summary>A dataset without times, in an order that is drawn. Figures compare methods, and say nothing of a shop.</summary>
    private static Log InArtificialOrder(RecDataset data)
    {
        Interaction[] rows = [.. data.ToInteractions().Select(row => row with { Label = null })];
        new Random(7).Shuffle(rows);
        return new Log([.. rows.Select((row, n) => row with { Timestamp = n })], Tables(data));
    }

    private static FeatureTable[] Tables(RecDataset data) => [.. data.Features.Select(f =>
    {
        int[] present = [.. Enumerable.Range(0, f.ItemCount).Where(i => f.Present[i])];
        return new FeatureTable(
            f.Modality, [.. present.Select(i => data.Items[i])], f.Dimension, present.SelectMany(i => f[i].ToArray()).ToArray());
    })];

    private static FeatureTable Of(FeatureTable features, HashSet<string> items)
    {
        int[] rows = [.. Enumerable.Range(0, features.ItemIds.Count).Where(row => items.Contains(features.ItemIds[row]))];
        return new FeatureTable(features.Modality, [.. rows.Select(row => features.ItemIds[row])], features.Dimension,
            rows.SelectMany(row => features.Values.Slice(row * features.Dimension, features.Dimension).ToArray()).ToArray());
    }

    private static Interaction[] InOrder(string file)
    {
        var layout = new DelimitedOptions { User = "user", Item = "item", Timestamp = "timestamp" };
        InteractionTable rows;
        try
        {
            rows = InteractionTable.LoadDelimited(file, layout with { Weight = "weight" });
        }
        catch (DatasetFormatException e) when (e.Message.Contains("expected a column weight in the header", StringComparison.Ordinal))
        {
            rows = InteractionTable.LoadDelimited(file, layout);
        }

        foreach (string note in rows.Notes)
            Console.WriteLine(note);
        if (rows.Count == 0)
            throw new IOException($"{file}: expected rows to follow, found none.");
        int timeless = rows.Count(row => row.Timestamp is null);
        return timeless == 0 ? [.. rows.OrderBy(row => row.Timestamp)]
            : throw new IOException($"{file}: expected a timestamp in each row, found {timeless} rows without one.");
    }

    /// <summary>A shop that users and items come to by and by: a few at first, then more, and what is new is what is chosen.</summary>
    private static Log MakeUp()
    {
        RecDataset world = SyntheticDataset.Create(new SyntheticOptions { Users = 600, Items = 360, Clusters = 12 }).Data;
        var random = new Random(7);
        double[] joined = [.. world.Users.Ids.Select(_ => Math.Max(0, (1.3 * random.NextDouble()) - 0.35))];
        double[] released = [.. world.Items.Ids.Select(_ => Math.Max(0, (1.3 * random.NextDouble()) - 0.4))];
        var rows = new List<Interaction>();
        foreach (InteractionSet set in new[] { world.Train, world.Validation, world.Test })
        {
            for (int user = 0; user < set.UserCount; user++)
            {
                foreach (int item in set.ItemsOf(user))
                {
                    double first = Math.Max(joined[user], released[item]);
                    rows.Add(new Interaction(
                        world.Users[user], world.Items[item], Timestamp: first + (Math.Pow(random.NextDouble(), 1.5) * (1 - first))));
                }
            }
        }

        return new Log([.. rows.OrderBy(i => i.Timestamp)], Tables(world));
    }
}
