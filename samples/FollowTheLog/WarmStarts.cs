using System.Diagnostics;
using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Training;

namespace FollowTheLog;

/// <summary>
/// What a night costs, and what it reaches: a training from nothing, which validation ends, against one that begins from yesterday's
/// model and makes a share of the epochs that yesterday's training took.
/// </summary>
internal sealed class WarmStarts(Log log, double newShare, double epochShare, int threads)
{
    private const int HeldOutParts = 10;

    private static readonly RankingMetric Recall = RankingMetric.Recall(20), Ndcg = RankingMetric.Ndcg(20);

    public void Compare(IReadOnlyList<int> seeds, CancellationToken cancellation)
    {
        if (!(epochShare > 0))
            throw new ArgumentException(FormattableString.Invariant($"--epoch-share {epochShare}: expected a share above 0."));
        int held = log.Rows.Count / HeldOutParts, tonight = log.Rows.Count - (2 * held), fresh = (int)(newShare * tonight);
        if (held == 0 || fresh < 1 || fresh >= tonight)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"--new-share {newShare}: expected a share that leaves new interactions and others, of {tonight} for training."));
        }

        RecDataset before = log.Dataset(tonight - fresh, validation: held), now = log.Dataset(tonight, held, held);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{tonight} interactions for training, the newest {fresh} of them new; {held} for validation, the newest {held} for the test. "
            + $"Options are the defaults; {threads} thread(s)."));
        Console.WriteLine();
        Console.WriteLine("| seed | training | epochs | best | seconds | Recall@20 | NDCG@20 |");
        Console.WriteLine("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        var nights = new List<(Outcome Nothing, Outcome Warm)>();
        foreach (int seed in seeds)
        {
            Outcome yesterday = Train(before, seed, null, null, cancellation), nothing = Train(now, seed, null, null, cancellation);
            Show(seed, "from nothing", nothing);
            int epochs = Math.Max(1, (int)(epochShare * yesterday.Epochs));
            Outcome warm = Train(now, seed, epochs, yesterday.Weights, cancellation);
            Show(seed, $"from yesterday's, of {yesterday.Epochs} epochs", warm);
            nights.Add((nothing, warm));
        }

        Conclude(nights);
    }

    private static void Conclude(IReadOnlyList<(Outcome Nothing, Outcome Warm)> nights)
    {
        double[] differences = [.. nights.Select(n => (n.Warm.Figures[Recall] / n.Nothing.Figures[Recall]) - 1)];
        double warm = nights.Average(n => n.Warm.Figures[Recall]), nothing = nights.Average(n => n.Nothing.Figures[Recall]);
        double seconds = nights.Sum(n => n.Warm.Time.TotalSeconds) / nights.Sum(n => n.Nothing.Time.TotalSeconds);
        double epochs = nights.Sum(n => (double)n.Warm.Epochs) / nights.Sum(n => n.Nothing.Epochs);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Recall}: {warm:F4} from yesterday's, {nothing:F4} from nothing; by seed {string.Join(", ", differences.Select(Percent))}, "
            + $"{Percent(differences.Average())} on the mean."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Time: {seconds:P0} of that of trainings from nothing, {epochs:P0} of their epochs."));

        static string Percent(double value) => value.ToString("+0.0 %;-0.0 %", CultureInfo.InvariantCulture);
    }

    private Outcome Train(RecDataset data, int seed, int? epochs, EarlierModel? earlier, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { Seed = seed });
        var options = new TrainerOptions { Seed = seed, Threads = threads };

        // A number of epochs that is known needs no validation on the way; one figure at the end is made.
        var trainer = new Trainer(model, data, epochs is { } most ? options with { MaxEpochs = most, EvaluateEvery = most } : options);
        if (earlier is not null)
            trainer.StartFrom(earlier);
        TrainingReport report = trainer.Fit(cancellationToken: cancellation);
        TimeSpan time = Stopwatch.GetElapsedTime(began);
        EvaluationResult? test = data.Test.Count > 0 ? report.EvaluateTest(cancellation) : null;
        return new Outcome(report.History.Count, report.BestEpoch, time,
            new[] { Recall, Ndcg }.ToDictionary(m => m, m => test?[m] ?? 0), report.ToEarlierModel());
    }

    private static void Show(int seed, string training, Outcome made) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {seed} | {training} | {made.Epochs} | {made.BestEpoch} | {made.Time.TotalSeconds:F1} | {made.Figures[Recall]:F4} | "
        + $"{made.Figures[Ndcg]:F4} |"));

    private sealed record Outcome(
        int Epochs, int BestEpoch, TimeSpan Time, IReadOnlyDictionary<RankingMetric, double> Figures, EarlierModel Weights);
}
