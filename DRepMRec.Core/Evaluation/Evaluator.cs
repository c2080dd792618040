using System.Diagnostics;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>Ranks all items for each user, in blocks of users, and measures the rankings.</summary>
/// <remarks>
/// Safe for use by many threads. Results are the same for every number of threads. Equal scores are ranked in an order that the raw ids of
/// the user and of the items decide, by a hash: it favours neither popular items nor those that come first in a file, it is the same in
/// every run, and a scorer that gives every item the same score ranks as chance does.
/// </remarks>
/// <example>
/// <code>
/// EvaluationResult result = new Evaluator().Evaluate(new PopularityRecommender(data.Train), data, EvaluationTarget.Test);
/// </code>
/// </example>
public sealed class Evaluator
{
    private readonly EvaluationOptions _options;

    /// <summary>Creates an evaluator.</summary>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public Evaluator(EvaluationOptions? options = null) => _options = options ?? new EvaluationOptions();

    /// <summary>Evaluates a scorer on the validation or the test set.</summary>
    /// <param name="scorer">Scores all items for users of the dataset.</param>
    /// <param name="data">The dataset.</param>
    /// <param name="target">The set to evaluate.</param>
    /// <param name="cancellationToken">Stops between two blocks of users.</param>
    /// <param name="seed">The seed of the training, for the protocol.</param>
    /// <exception cref="ArgumentException">
    /// The scorer is for other numbers of users or items, no user has a positive, or a list metric asks for what the dataset doesn't have.
    /// </exception>
    /// <exception cref="NotFiniteNumberException">A score is NaN; the message has user and item.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The target isn't one of the two.</exception>
    public EvaluationResult Evaluate(
        IItemScorer scorer, RecDataset data, EvaluationTarget target, CancellationToken cancellationToken = default, int? seed = null)
        => Evaluate(scorer, data, target, null, cancellationToken, seed);

    /// <summary>Evaluates a scorer that all processes have: each ranks for its range of users, and all get the figures of all.</summary>
    internal EvaluationResult Evaluate(
        IItemScorer scorer, RecDataset data, EvaluationTarget target, ICollective? collective, CancellationToken cancellationToken,
        int? seed)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(data);
        Guard.Defined(target, nameof(target));
        if (scorer.UserCount != data.Users.Count || scorer.ItemCount != data.Items.Count)
        {
            throw new ArgumentException(
                $"The scorer has {scorer.UserCount} users and {scorer.ItemCount} items; the dataset has {data.Users.Count} and "
                    + $"{data.Items.Count}.", nameof(scorer));
        }

        foreach (ListMetric metric in _options.ListMetrics)
            metric.ThrowIfUnfit(data);
        var clock = Stopwatch.StartNew();
        InteractionSet positives = target == EvaluationTarget.Validation ? data.Validation : data.Test;
        int[] users = UsersOf(data, target, _options.Users);
        if (users.Length == 0)
        {
            string whose = _options.Users == UserFilter.WithTraining ? " and a training interaction" : "";
            throw new ArgumentException(
                $"Expected at least one user with a positive in the {target.ToString().ToLowerInvariant()} set{whose}, got none.",
                    nameof(target));
        }

        bool masksValidation = target == EvaluationTarget.Test && _options.Mask == CandidateMask.TrainAndValidation;
        var task = new RankingTask(scorer, data, positives, masksValidation ? data.Validation : null, users,
            [.. _options.Metrics.Distinct()], [.. _options.ListMetrics.Distinct()], _options.Threads);
        var (rank, size) = (collective?.Rank ?? 0, collective?.Size ?? 1);
        int[] starts = [.. Enumerable.Range(0, size + 1).Select(process => (int)((long)users.Length * process / size))];
        collective.Together("to rank its users", stop => Rank(task, starts[rank], starts[rank + 1], stop), cancellationToken);
        if (collective is not null)
            task.Exchange(collective, starts);
        return task.Summarize(EvaluationProtocol.Of(data, target, _options, seed), clock);
    }

    /// <summary>The users that are evaluated.</summary>
    internal static int[] UsersOf(RecDataset data, EvaluationTarget target, UserFilter filter)
    {
        InteractionSet positives = target == EvaluationTarget.Validation ? data.Validation : data.Test;
        bool IsEvaluated(int user)
            => !positives.ItemsOf(user).IsEmpty && (filter == UserFilter.WithPositives || !data.Train.ItemsOf(user).IsEmpty);
        return [.. Enumerable.Range(0, data.Users.Count).Where(IsEvaluated)];
    }

    private void Rank(RankingTask task, int first, int last, CancellationToken cancellationToken)
    {
        int block = task.UsersAtOnce;
        task.Collect(Parallelism.ForEach(
            (last - first + block - 1) / block, _options.Threads, task.NewWorkspace,
            (b, workspace) => task.Rank(workspace, first + (b * block), Math.Min(last, first + ((b + 1) * block))), cancellationToken));
    }
}
