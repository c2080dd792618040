using Common;
using DRepMRec;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Training;
using ReproduceResults.Studies;

namespace ReproduceResults.Trainings;

/// <summary>Makes one training and all its figures. The test set is read at the end, by what validation chose.</summary>
internal static class VariantTrainer
{
    /// <summary>What is added to the name of a line that has the item-to-item part.</summary>
    public const string WithPart = " + item-to-item";

    // Often enough that a training that is killed loses little, and seldom enough to cost nothing.
    private const int EpochsToACheckpoint = 10;

    private static readonly EvaluationOptions OneThread = new() { Threads = 1 };

    /// <param name="study">The study that it belongs to.</param>
    /// <param name="variant">What is trained.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="checkpoint">The file that it goes on from, and that is kept while it goes on; <see langword="null"/> for none.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Training Train(string study, Variant variant, int seed, string? checkpoint, CancellationToken cancellation)
    {
        Training training = Begin(study, variant, seed);
        return variant.Model is { } create
            ? OrFailure(training, () => Trained(training, variant, create, part: null, checkpoint, cancellation)[0])
            : Untrained(training, variant, cancellation);
    }

    /// <summary>One training and two lines: the model alone, and blended by the weights that validation chooses.</summary>
    public static IReadOnlyList<Training> TrainWithPart(
        string study, Variant variant, int seed, SolvedPart part, string? checkpoint, CancellationToken cancellation)
    {
        Training training = Begin(study, variant, seed);
        try
        {
            return Trained(training, variant, variant.Model!, part.Solve(cancellation), checkpoint, cancellation);
        }
        catch (Exception e) when (e is TrainingDivergedException or NotFiniteNumberException)
        {
            Training failed = training with { Failure = e.Message };
            return [failed, Beside(failed)];
        }
    }

    /// <summary>A trial of a search: its validation figures. The test set isn't read.</summary>
    public static Training Try(string study, Variant variant, int seed, string? checkpoint, CancellationToken cancellation)
    {
        Training training = Begin(study, variant, seed);
        if (variant.Model is not { } create)
            return Scored(training, variant, cancellation).Training;
        return OrFailure(training, () =>
        {
            using OwnedModel owned = create(seed);
            TrainingReport report = Fit(owned.Model, variant, seed, checkpoint, cancellation);
            return Timed(training, report) with { Valid = Values(report.Validation!) };
        });
    }

    /// <summary>Deletes what was kept of a training that has come to its end.</summary>
    public static void Forget(string? checkpoint)
    {
        foreach (string file in checkpoint is null ? [] : new[] { checkpoint, checkpoint + ".previous" })
            File.Delete(file);
    }

    /// <summary>The line with the item-to-item part that belongs to one without.</summary>
    public static Training Beside(Training alone) => alone with
    {
        Variant = alone.Variant + WithPart,
        Title = alone.Title + WithPart,
        Place = alone.Place + 1,
    };

    private static Training OrFailure(Training training, Func<Training> train)
    {
        try
        {
            return train();
        }
        catch (Exception e) when (e is TrainingDivergedException or NotFiniteNumberException)
        {
            return training with { Failure = e.Message };
        }
    }

    private static Training Begin(string study, Variant variant, int seed)
        => new(study, variant.Name, seed, variant.Data.SplitChecksum, variant.Options)
        {
            Dataset = DatasetFigures.Of(variant.Data, variant.Source ?? variant.Data, variant.Kind),
            Loss = variant.Loss,
            Data = variant.Data.Checksum,
            Library = LibraryBuild.This,
            Title = variant.Title,
            Place = variant.Place,
            MaxEpochs = variant.Trainer.MaxEpochs,
            Features = variant.Features,
            Setting = variant.Setting,
        };

    private static Training Untrained(Training training, Variant variant, CancellationToken cancellation)
    {
        var (scored, scorer) = Scored(training, variant, cancellation);
        EvaluationResult test = new Evaluator(OneThread).Evaluate(scorer, variant.Data, EvaluationTarget.Test, cancellation);
        return WithTest(scored, variant, test, scorer, cancellation) with
        {
            Lists = variant.IsDescribed ? ListFigures.Of(scorer, variant.Data, recommender: null, cancellation) : null,
        };
    }

    /// <summary>Makes what isn't trained, and its validation figures.</summary>
    private static (Training Training, IItemScorer Scorer) Scored(Training training, Variant variant, CancellationToken cancellation)
    {
        var (scorer, seconds) = Solving.Run(token => new UnknownUserScorer(variant.Baseline!(token), variant.Data.Train), cancellation);
        EvaluationResult validation = new Evaluator(OneThread).Evaluate(
            scorer, variant.Data, EvaluationTarget.Validation, cancellation);
        return (training with { Seconds = seconds, Valid = Values(validation) }, scorer);
    }

    private static IReadOnlyList<Training> Trained(
        Training training, Variant variant, Func<int, OwnedModel> create, ItemToItemModel? part, string? checkpoint,
        CancellationToken cancellation)
    {
        using OwnedModel owned = create(training.Seed);
        DRepMRecModel model = owned.Model;
        TrainingReport report = Fit(model, variant, training.Seed, checkpoint, cancellation);
        using UserItemEmbeddings final = model.Embed();
        EmbeddingScorer alone = EmbeddingScorer.Of(final);
        var scorer = new UnknownUserScorer(model.ItemToItem?.Over(alone) ?? alone, variant.Data.Train);
        Training made = WithFigures(
            Timed(training, report), variant, report.Validation!, report.EvaluateTest(cancellation), scorer, cancellation) with
        {
            History = model.ItemToItem is null ? History(report.History) : [],
            Lines = model.Features is null ? null : LineFigures.Of(model.MeasureLines()),
            Lists = variant.IsDescribed ? ListFigures.Of(scorer, variant.Data, report.BuildRecommender(), cancellation) : null,
            Snapshot = variant.IsPictured && model.Features is not null ? LineSnapshot.Of(model) : null,
        };
        if (part is null)
            return [made];
        ItemToItemBlend blend = ItemToItemBlend.Choose(
            alone, part, variant.Data, evaluation: OneThread, cancellationToken: cancellation);
        var evaluator = new Evaluator(OneThread);
        var both = new UnknownUserScorer(blend.Over(alone), variant.Data.Train);
        EvaluationResult validation = evaluator.Evaluate(both, variant.Data, EvaluationTarget.Validation, cancellation);
        EvaluationResult test = evaluator.Evaluate(both, variant.Data, EvaluationTarget.Test, cancellation);
        Training beside = WithFigures(Beside(made), variant, validation, test, both, cancellation) with
        {
            ItemToItemWeight = blend.Weight,
            PopularityWeight = blend.PopularityWeight,
            Part = SolvedPart.Options,
            History = [],
            Lines = null,
        };
        return [made, beside];
    }

    private static TrainingReport Fit(
        DRepMRecModel model, Variant variant, int seed, string? checkpoint, CancellationToken cancellation)
    {
        TrainerOptions options = variant.Trainer with { Seed = seed, KeepFreedMemory = true };
        if (checkpoint is not null)
            options = options with { Checkpoint = new() { Path = checkpoint, EveryEpochs = EpochsToACheckpoint } };
        TrainingReport report;
        try
        {
            report = new Trainer(model, variant.Data, options).Fit(cancellationToken: cancellation);
        }
        catch (Exception e) when (e is CheckpointMismatchException or CheckpointFormatException)
        {
            // Damaged, or of something else: nothing of it is taken.
            Forget(checkpoint);
            report = new Trainer(model, variant.Data, options).Fit(cancellationToken: cancellation);
        }

        return report.Validation is not null ? report : throw new ArgumentException(
            $"Expected validation interactions in '{variant.Data.Name}' to choose the best epoch by, got none.");
    }

    private static Training Timed(Training training, TrainingReport report) => training with
    {
        BestEpoch = report.BestEpoch,
        Epochs = report.History.Count,
        SecondsPerEpoch = report.History.Average(e => e.TrainingTime.TotalSeconds),
        Seconds = report.Elapsed.TotalSeconds,
    };

    private static Training WithFigures(
        Training training, Variant variant, EvaluationResult validation, EvaluationResult test, IItemScorer scorer,
        CancellationToken cancellation)
        => WithTest(training with { Valid = Values(validation) }, variant, test, scorer, cancellation);

    private static Training WithTest(
        Training training, Variant variant, EvaluationResult test, IItemScorer scorer, CancellationToken cancellation)
        => training with
        {
            Test = Values(test),
            TestUsers = test.EvaluatedUsers.Count,
            PerUser = PerUser(test),
            Groups = TestRows.Measure(variant.Data, scorer, cancellation),
        };

    private static List<EpochFigures> History(IReadOnlyList<EpochReport> epochs)
    {
        var history = new List<EpochFigures>();
        double training = 0, total = 0;
        foreach (EpochReport epoch in epochs)
        {
            training += epoch.TrainingTime.TotalSeconds;
            total += epoch.TrainingTime.TotalSeconds + epoch.EvaluationTime.TotalSeconds;
            if (epoch.Validation is { } validation)
            {
                history.Add(new EpochFigures(
                    Math.Round(training, 3), Math.Round(total, 3), EpochFigures.Rounded(validation[Training.Recall]),
                    EpochFigures.Rounded(validation[Training.Ndcg])));
            }
        }

        return history;
    }

    private static Dictionary<string, double> Values(EvaluationResult result)
        => Training.Metrics.ToDictionary(m => m.ToString(), m => result[m]);

    private static UserFigures PerUser(EvaluationResult result)
    {
        IReadOnlyList<double> recall = result.PerUser(Training.Recall), ndcg = result.PerUser(Training.Ndcg);
        int[] hits = [.. Enumerable.Range(0, recall.Count).Where(n => recall[n] > 0).OrderBy(n => result.EvaluatedUsers[n])];
        return new UserFigures([.. hits.Select(n => result.EvaluatedUsers[n])], [.. hits.Select(n => (float)recall[n])],
            [.. hits.Select(n => (float)ndcg[n])]);
    }
}
