using System.Diagnostics;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;
using RetrainOnSchedule;

namespace FollowTheLog;

/// <summary>Serves by day and trains by night.</summary>
internal sealed class Shop(Log log, string folder)
{
    private const double FirstShare = 0.6;
    private const int Batch = 20;

    public static DRepMRecOptions Model { get; } = new() { EmbeddingDim = 32 };

    /// <summary>
    /// A first training; later ones begin from the weights of the night before and make fewer epochs. Large steps, few epochs and no
    /// validation, so that it takes seconds: a shop takes the defaults and holds out (docs/changing-data.md, "Beginning from yesterday").
    /// </summary>
    public static TrainerOptions Training { get; } = new() { MaxEpochs = 15, BatchSize = 512, Adam = new() { LearningRate = 0.005 } };

    public static RecommenderOptions Serving { get; } = new() { IncludeRefresh = true };

    private readonly string _model = Path.Combine(folder, "shop.drepmrec");
    private readonly string _weights = Path.Combine(folder, "yesterday.weights");

    public void Run(int days, CancellationToken cancellation)
    {
        int known = (int)(log.Rows.Count * FirstShare), perDay = (log.Rows.Count - known) / days;
        if (perDay == 0)
        {
            throw new ArgumentException($"--days: expected at most {log.Rows.Count - known}, the interactions after the first "
                + $"{known}, which the first model is trained on; got {days}.");
        }

        (Recommender served, EarlierModel weights) = Train(known, null, cancellation);
        served.Save(_model);
        weights.Save(_weights);
        for (int day = 1; day <= days; day++)
        {
            int until = day == days ? log.Rows.Count : known + perDay;
            Recommender morning = served;
            served = Serve(morning, known, until, day);
            served = AtNight(served, morning, known, until, cancellation);
            known = until;
        }

        Forgetting.Forget(log, served, _model, _weights, folder, cancellation);
    }

    /// <summary>Takes interactions in as they come: what is served knows of them at once.</summary>
    private Recommender Serve(Recommender served, int from, int until, int day)
    {
        IReadOnlyList<Interaction> today = log.Arrivals(from, until);
        DriftReport drift = served.MeasureDrift(today);
        drift.Record();
        double slowest = 0;
        foreach (Interaction[] batch in today.Chunk(Batch))
        {
            long start = Stopwatch.GetTimestamp();
            served = Take(served, batch);
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (!served.History(batch[^1].User).Contains(batch[^1].Item))
                throw new InvalidOperationException("What was taken in isn't known.");
        }

        served.Save(_model);
        string latest = slowest < 1 ? "a second" : $"{slowest:F1} s";
        Console.WriteLine($"day {day}: {today.Count} interactions taken in by {Batch}, none later than {latest}; "
            + $"{served.Users.Count} users, {served.Items.Count} items");
        Console.WriteLine(drift.ToMarkdown());
        return served;
    }

    /// <summary>Trains on all but today from yesterday's weights, compares on today, and publishes the one that is no worse.</summary>
    private Recommender AtNight(Recommender served, Recommender morning, int known, int until, CancellationToken cancellation)
    {
        (Recommender candidate, EarlierModel weights) = Train(known, EarlierModel.Load(_weights), cancellation);
        Verdict verdict = Verdict.Of(morning, candidate, log.Dataset(known, test: until - known));
        Console.WriteLine($"night: {(verdict.Publishes ? "published" : "refused")}, {verdict.Reason}");
        if (!verdict.Publishes)
            return served;
        Recommender next = Take(candidate, log.Arrivals(known, until));
        next.Save(_model);
        weights.Save(_weights);
        return next;
    }

    private (Recommender Recommender, EarlierModel Weights) Train(int count, EarlierModel? earlier, CancellationToken cancellation)
    {
        RecDataset data = log.Dataset(count);
        using DRepMRecModel model = DRepMRecModel.Create(data, Model);
        var trainer = new Trainer(model, data, earlier is null ? Training : Training with { MaxEpochs = 4 });
        if (earlier is not null)
        {
            WarmStartReport start = trainer.StartFrom(earlier);
            Console.WriteLine($"night: begins from {start.KnownUsers} users and {start.KnownItems} items of the night before, "
                + $"{start.UsersFromNeighbors + start.ItemsFromContent + start.ItemsFromNeighbors} new ones from content and neighbours");
        }

        TrainingReport report = trainer.Fit(cancellationToken: cancellation);
        return (report.BuildRecommender(Serving), report.ToEarlierModel());
    }

    private Recommender Take(Recommender served, IReadOnlyCollection<Interaction> batch)
    {
        IReadOnlyList<ItemContent> content = log.Content(batch.Select(i => i.Item).Where(item => !served.Items.Contains(item)));
        return (content.Count > 0 ? served.WithItems(content) : served).WithInteractions(batch);
    }
}
