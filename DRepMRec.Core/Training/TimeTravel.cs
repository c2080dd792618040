using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;

namespace DRepMRec.Training;

/// <summary>
/// Replays a log with timestamps as it was: trains on what there was at first, answers the users of the next window, takes its interactions
/// in as a policy says, and so on. It is the honest way to choose between refreshing and training, and how often.
/// </summary>
/// <remarks>
/// Nothing of the future is known to a model: neither interactions nor items, with their content, before they were first chosen. But what
/// encoders learnt of a whole catalogue, such as means and which words or categories there are, they learnt of later items, too. Each user
/// of a window is asked for once, at its beginning, with the user's history until then. Where the log has weights, those of a pair add up.
/// Not safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// TimeTravelReport report = new TimeTravel(log, features).Run(new TimeTravelOptions { Windows = 12 });
/// File.WriteAllText("schedule.md", report.ToMarkdown());
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class TimeTravel
{
    private readonly Interaction[] _log;
    private readonly IReadOnlyList<FeatureTable> _features;
    private readonly Dictionary<FeatureTable, Dictionary<string, int>> _rows = [];

    // Where interactions have weights, those of a pair add up as time goes on, as in files.
    private readonly bool _isWeighted;

    /// <summary>Creates a replay.</summary>
    /// <param name="log">The interactions, each with a timestamp, in any order.</param>
    /// <param name="features">The item features by raw item id; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">
    /// An interaction has no timestamp, all have the same, or features are of none of the log's items.
    /// </exception>
    public TimeTravel(IEnumerable<Interaction> log, IReadOnlyList<FeatureTable>? features = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        Interaction[] all = [.. log];
        for (int n = 0; n < all.Length; n++)
        {
            if (all[n].Timestamp is not { } time || !double.IsFinite(time))
                throw new ArgumentException($"Expected a timestamp on every interaction; number {n} has none.", nameof(log));
        }

        _log = [.. all.OrderBy(i => i.Timestamp).ThenBy(i => i.User, StringComparer.Ordinal).ThenBy(i => i.Item, StringComparer.Ordinal)];
        if (_log.Length < 2 || _log[0].Timestamp == _log[^1].Timestamp)
            throw new ArgumentException($"Expected interactions at more than one time, got {_log.Length} at one.", nameof(log));
        _isWeighted = _log.Any(i => i.Weight is not null);
        if (_isWeighted)
            _log = [.. _log.Select(i => i with { Label = null })];
        _features = features ?? [];
        HashSet<string> items = [.. _log.Select(i => i.Item)];
        if (_features.FirstOrDefault(table => table.ItemIds.Count > 0 && !table.ItemIds.Any(items.Contains)) is { } other)
        {
            throw new ArgumentException(
                $"Expected features of items that have interactions, found none of modality {other.Modality}: the interactions are with "
                + $"items such as {Shown.Text(_log[0].Item)}, the features of others, such as {Shown.Text(other.ItemIds[0])}; ids must "
                + "agree in every character.", nameof(features));
        }
    }

    /// <summary>Replays the log under each policy.</summary>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told of each window under each policy.</param>
    /// <param name="cancellationToken">Stops within a training or between blocks of users.</param>
    /// <exception cref="ArgumentException">
    /// A policy occurs twice, the first share leaves nothing before or behind it, trainings have a checkpoint, which is of one alone, or
    /// the item-to-item part has weights to choose from, for which there is no validation.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public TimeTravelReport Run(
        TimeTravelOptions? options = null, IProgress<TimeTravelWindow>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new TimeTravelOptions();
        if (options.Policies.DistinctBy(p => p.Name).Count() != options.Policies.Count)
            throw new ArgumentException("Each policy needs a name of its own.", nameof(options));
        if (options.Training.Checkpoint is not null)
        {
            throw new ArgumentException(
                $"Expected no {nameof(TrainerOptions)}.{nameof(TrainerOptions.Checkpoint)}: each training is over other data.",
                nameof(options));
        }

        if (options.Model.ItemToItem is { Enabled: true, AreWeightsGiven: false })
        {
            throw new ArgumentException(
                $"{nameof(DRepMRecOptions)}.{nameof(DRepMRecOptions.ItemToItem)}: nothing validates in a replay, so expected one weight in "
                + $"{nameof(ItemToItemOptions.BlendWeights)} and one in {nameof(ItemToItemOptions.PopularityWeights)}, such as those that "
                + "a training with validation chose; or the part switched off.", nameof(options));
        }

        double begin = _log[(int)(_log.Length * options.FirstShare)].Timestamp!.Value, end = _log[^1].Timestamp!.Value;
        int first = CountBefore(begin);
        if (first == 0 || begin == end)
        {
            int after = _log.Length - CountBefore(double.BitIncrement(begin));
            throw new ArgumentException(FormattableString.Invariant(
                $"{nameof(TimeTravelOptions.FirstShare)} {options.FirstShare} leaves {first} interactions before {begin} and {after}")
                + " after it: expected some on both sides.", nameof(options));
        }

        Served start = Train(first, TrainingStart.Nothing, null, options, cancellationToken);
        var windows = new List<TimeTravelWindow>();
        foreach (UpdatePolicy policy in options.Policies)
        {
            Served served = start;
            int age = 0;
            for (int window = 1; window <= options.Windows; window++)
            {
                double from = begin + ((end - begin) * (window - 1) / options.Windows),
                    to = window == options.Windows ? double.BitIncrement(end) : begin + ((end - begin) * window / options.Windows);
                TimeTravelWindow done = Measure(policy, window, (from, to), served, age, options, cancellationToken);
                windows.Add(done);
                progress?.Report(done);
                if (window == options.Windows)
                    break;
                bool trains = policy.TrainEvery > 0 && window % policy.TrainEvery == 0;
                age = trains ? 0 : age + 1;
                served = trains ? Train(CountBefore(to), policy.Start, served, options, cancellationToken)
                    : policy.Refreshes ? Refresh(served, from, to)
                    : served with { TrainingTime = default, RefreshTime = default };
            }
        }

        return new TimeTravelReport { Windows = windows };
    }

    private TimeTravelWindow Measure(
        UpdatePolicy policy, int window, (double From, double To) time, Served served, int age, TimeTravelOptions options,
        CancellationToken cancellationToken)
    {
        int from = CountBefore(time.From), to = CountBefore(time.To);
        ArraySegment<Interaction> own = new(_log, from, to - from);
        HashSet<string> users = [.. own.Select(i => i.User)];
        Dictionary<string, List<string>> histories = new ArraySegment<Interaction>(_log, 0, from).Where(i => users.Contains(i.User))
            .GroupBy(i => i.User).ToDictionary(g => g.Key, g => g.Select(i => i.Item).Distinct().ToList());
        ServedQuality quality = ServedQuality.Measure(
            served.Recommender, own, histories, options.Metrics, cancellationToken, policy.FoldsIn);
        double all = Math.Max(1, own.Count);
        return new TimeTravelWindow
        {
            Policy = policy.Name,
            Window = window,
            From = time.From,
            To = time.To,
            ModelAge = age,
            Interactions = own.Count,
            UnknownUserShare = own.Count(i => !served.Recommender.Users.Contains(i.User)) / all,
            UnknownItemShare = own.Count(i => !served.Recommender.Items.Contains(i.Item)) / all,
            Users = quality.Users,
            Figures = quality.Figures,
            TrainingTime = served.TrainingTime,
            RefreshTime = served.RefreshTime,
        };
    }

    /// <summary>
    /// Trains on the first interactions of the log; from nothing, too, where the model before was of other modalities, whose weights have
    /// no place.
    /// </summary>
    private Served Train(
        int count, TrainingStart start, Served? before, TimeTravelOptions options, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        IEnumerable<Interaction> known = _log.Take(count);
        RecDataset data = RecDataset.FromInteractions("time travel", known, Known(count),
            new DatasetOptions
            {
                Split = SplitStrategy.None,
                Duplicates = _isWeighted ? DuplicateHandling.Sum : DuplicateHandling.KeepFirst,
            });
        using DRepMRecModel model = DRepMRecModel.Create(data, options.Model);
        bool warm = start == TrainingStart.EarlierModel && before?.Modalities.SequenceEqual(Modalities(data)) == true;
        TrainerOptions training = options.Training with { MaxEpochs = warm ? options.WarmStartEpochs : options.Training.MaxEpochs };
        var trainer = new Trainer(model, data, training);
        if (warm)
            trainer.StartFrom(before!.Weights, options.WarmStart with { Moments = false });
        TrainingReport report = trainer.Fit(cancellationToken: cancellationToken);
        Recommender recommender = report.BuildRecommender(new RecommenderOptions { IncludeRefresh = true, Calibrate = false });
        return new Served(recommender, report.ToEarlierModel(), [.. Modalities(data)], Stopwatch.GetElapsedTime(began), default);
    }

    private static IEnumerable<Modality> Modalities(RecDataset data) => data.Features.Select(f => f.Modality);

    /// <summary>Takes the interactions of a window in, and before them the content of items that are new.</summary>
    private Served Refresh(Served served, double from, double to)
    {
        long began = Stopwatch.GetTimestamp();
        Interaction[] own = _isWeighted ? Summed(CountBefore(from), CountBefore(to)) : _log[CountBefore(from)..CountBefore(to)];
        Recommender recommender = served.Recommender;
        HashSet<string> items = [.. own.Select(i => i.Item).Where(item => !recommender.Items.Contains(item))];
        ItemContent[] content = recommender.FeatureDimensions.Count == 0 ? [] : [.. items
            .Select(item => new ItemContent(item, FeaturesOf(item, recommender)))
            .Where(item => item.Features.Keys.Any(modality => WeightOf(modality, recommender) > 0))];
        recommender = (content.Length > 0 ? recommender.WithItems(content) : recommender).WithInteractions(own);
        return served with { Recommender = recommender, TrainingTime = default, RefreshTime = Stopwatch.GetElapsedTime(began) };
    }

    /// <summary>The pairs of a part of the log, each with its weights up to then added up.</summary>
    private Interaction[] Summed(int first, int end)
    {
        var sums = new Dictionary<(string User, string Item), double>();
        foreach (Interaction i in _log.AsSpan(first..end))
            sums[(i.User, i.Item)] = 0;
        foreach (Interaction i in _log.AsSpan(..end))
        {
            if (sums.TryGetValue((i.User, i.Item), out double sum))
                sums[(i.User, i.Item)] = Math.Min(sum + (i.Weight ?? 1), EventWeights.Max);
        }

        return [.. sums.Select(pair => new Interaction(pair.Key.User, pair.Key.Item, Weight: pair.Value))];
    }

    private Dictionary<Modality, ReadOnlyMemory<float>> FeaturesOf(string item, Recommender recommender)
    {
        var features = new Dictionary<Modality, ReadOnlyMemory<float>>();
        foreach (FeatureTable table in _features.Where(t => recommender.FeatureDimensions.GetValueOrDefault(t.Modality) == t.Dimension))
        {
            if (RowOf(table, item) is { } row && ItemFeatures.IsFeature(row.Span))
                features[table.Modality] = row;
        }

        return features;
    }

    private static double WeightOf(Modality modality, Recommender recommender)
        => recommender.Model.Content.First(content => new Modality(content.Form.Name) == modality).Form.Weight;

    /// <summary>The features of those items that were chosen by then.</summary>
    private FeatureTable[] Known(int count)
    {
        string[] items = [.. _log.Take(count).Select(i => i.Item).Distinct(StringComparer.Ordinal)];
        return [.. _features.Select(table =>
        {
            (string Item, ReadOnlyMemory<float>? Row)[] rows =
                [.. items.Select(item => (item, RowOf(table, item))).Where(r => r.Item2 is not null)];
            return new FeatureTable(
                table.Modality, [.. rows.Select(r => r.Item)], table.Dimension, rows.SelectMany(r => r.Row!.Value.ToArray()).ToArray());
        }).Where(table => table.ItemIds.Count > 0)];
    }

    private ReadOnlyMemory<float>? RowOf(FeatureTable table, string item)
    {
        if (!_rows.TryGetValue(table, out Dictionary<string, int>? rows))
            _rows[table] = rows = table.ItemIds.Select((id, n) => (id, n)).ToDictionary(p => p.id, p => p.n, StringComparer.Ordinal);
        if (!rows.TryGetValue(item, out int row))
            return null;
        return table.Values.Slice(row * table.Dimension, table.Dimension);
    }

    /// <summary>How many interactions are older than a time.</summary>
    private int CountBefore(double time)
    {
        int low = 0, high = _log.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_log[middle].Timestamp < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>A model that is served, and what it took to get there from the one before.</summary>
    private sealed record Served(
        Recommender Recommender, EarlierModel Weights, IReadOnlyList<Modality> Modalities, TimeSpan TrainingTime, TimeSpan RefreshTime);
}
