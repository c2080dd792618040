using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Compares interactions with what a model knows.</summary>
internal sealed class DriftMeasurement(Recommender recommender, IReadOnlyCollection<Interaction> interactions, DriftOptions options)
{
    private readonly ServingModel _model = recommender.Model;
    private readonly Interaction[] _interactions = [.. interactions]; // Read once, also where others put more into the collection.

    public DriftReport Run(CancellationToken cancellationToken)
    {
        var counts = new int[_model.ItemRows];
        var rows = new List<int>();
        int users = 0, items = 0, number = 0;
        foreach (Interaction interaction in _interactions)
        {
            number++;
            if (interaction.User is null || interaction.Item is null)
            {
                string lacking = interaction.User is null ? "user" : "item";
                throw new ArgumentNullException(nameof(interactions), $"Interaction {number}: expected the id of the {lacking}, got null.");
            }

            users += _model.UserIds.TryGetIndex(interaction.User, out _) ? 0 : 1;
            if (!_model.TryGetItem(interaction.Item, out int row))
            {
                items++;
                continue;
            }

            counts[row]++;
            rows.Add(row);
        }

        // What isn't offered any more can't be among what came: it would be taken for a change of taste.
        int[] known = [.. Enumerable.Range(0, _model.ItemRows).Select(row => _model.Changes.IsHidden(row) ? 0 : _model.Degree(row))];
        long[] ends = new long[known.Length];
        long total = 0;
        for (int item = 0; item < known.Length; item++)
            ends[item] = total += known[item];
        var random = new SeededRandom((ulong)options.Seed, RandomPurpose.Drift);
        int[] Drawn(int count) => total == 0 ? []
            : [.. Enumerable.Range(0, count).Select(_ => ItemAt(ends, (long)(random.NextDouble() * total)))];
        var byChance = new int[known.Length];
        foreach (int item in Drawn(rows.Count))
            byChance[item]++;
        ServedQuality quality = ServedQuality.Measure(
            recommender, _interactions, new Dictionary<string, List<string>>(), options.Metrics, cancellationToken);
        double all = Math.Max(1, _interactions.Length);
        return new DriftReport
        {
            Interactions = _interactions.Length,
            UnknownUserShare = users / all,
            UnknownItemShare = items / all,
            PopularityShift = Distance(known, counts),
            PopularityShiftByChance = Distance(known, byChance),
            ContentShift = ContentShift(Sample(rows, random), Drawn(Math.Min(options.ContentSample, rows.Count)), cancellationToken),
            Users = quality.Users,
            Quality = quality.Figures,
        };
    }

    /// <summary>The total variation distance between two distributions; 0 where there is nothing on a side.</summary>
    private static double Distance(int[] a, int[] b)
    {
        double sumA = a.Sum(n => (long)n), sumB = b.Sum(n => (long)n);
        return sumA == 0 || sumB == 0 ? 0 : a.Zip(b, (x, y) => Math.Abs((x / sumA) - (y / sumB))).Sum() / 2;
    }

    private static int ItemAt(long[] ends, long place)
    {
        int at = Array.BinarySearch(ends, place + 1);
        if (at < 0)
            return ~at;
        while (at > 0 && ends[at - 1] == place + 1)
            at--;
        return at;
    }

    private int[] Sample(List<int> rows, SeededRandom random)
    {
        int[] all = [.. rows];
        int taken = Math.Min(options.ContentSample, all.Length);
        for (int n = 0; n < taken; n++)
        {
            int other = n + random.NextInt(all.Length - n);
            (all[n], all[other]) = (all[other], all[n]);
        }

        return all[..taken];
    }

    private Dictionary<Modality, double> ContentShift(int[] newest, int[] before, CancellationToken cancellationToken)
    {
        var shifts = new Dictionary<Modality, double>();
        for (int m = 0; m < _model.ItemModal.Count; m++)
        {
            RowStore rows = m < _model.Content.Count && _model.Content[m].Features is { } features ? features : _model.ItemModal[m];
            float[] Gather(int[] items)
                => [.. items.Where(item => rows[item].ContainsAnyExcept(0f)).SelectMany(item => rows[item].ToArray())];
            float[] x = Gather(newest), y = Gather(before);
            if (x.Length > 0 && y.Length > 0)
                shifts[new Modality(_model.Form!.Modalities[m].Name)] = EnergyDistance.Between(x, y, rows.Width, cancellationToken);
        }

        return shifts;
    }
}
