using System.Runtime.CompilerServices;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    // Blocks of users that are ranked, or wait for the reader, at a time.
    private const long BlocksPerThread = 4;

    /// <summary>Recommends to all users, or to those given, at the speed of a batch.</summary>
    /// <remarks>
    /// Users come in their order, each with the list that <see cref="Recommend(RecommendationRequest)"/> gives, bit for bit. Ranking runs
    /// ahead of the reader by at most 4 blocks of 48 users per thread, which bounds memory whatever the number of users, and goes on while
    /// the reader is busy. Leaving the loop early stops it.
    /// </remarks>
    /// <param name="options">Which users, and what they're recommended; <see langword="null"/> for 20 items for each known user.</param>
    /// <param name="progress">Told after each block of 48 users has been read, on the reader's thread.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="ArgumentException">
    /// There is no such <see cref="RecommendAllOptions.Part"/>; or a given user is <see langword="null"/>, thrown when its block is read.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    /// <example>
    /// <code>
    /// await foreach (var (user, items) in recommender.RecommendAllAsync())
    ///     await queue.SendAsync(user, items);
    /// </code>
    /// </example>
    public IAsyncEnumerable<UserRecommendations> RecommendAllAsync(
        RecommendAllOptions? options = null, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new RecommendAllOptions();
        return RankBlocks(options.UsersOfPart(Users), options, SchedulerOf(options.Threads), progress, cancellationToken);
    }

    /// <summary>What runs tasks on so many threads at most, whoever shares it.</summary>
    internal static TaskScheduler SchedulerOf(int threads)
        => new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;

    internal async IAsyncEnumerable<UserRecommendations> RankBlocks(
        IReadOnlyCollection<string> users, RecommendAllOptions options, TaskScheduler scheduler, IProgress<ExportProgress>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var factory = new TaskFactory(
            stop.Token, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, scheduler);
        var running = new Queue<Task<UserRecommendations[]>>();
        long done = 0;
        try
        {
            using IEnumerator<string[]> blocks = users.Chunk(RowScan.MaxQueries).GetEnumerator();
            for (bool more = true; more || running.Count > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (running.Count < BlocksPerThread * options.Threads && (more = more && blocks.MoveNext()))
                {
                    string[] block = blocks.Current;
                    running.Enqueue(factory.StartNew(() => RankBlock(block, options.Request)));
                }

                if (!running.TryDequeue(out Task<UserRecommendations[]>? next))
                    continue;
                UserRecommendations[] lists;
                try
                {
                    lists = await next.ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    throw new OperationCanceledException(cancellationToken); // And not by the token that stops the ranking, too.
                }

                foreach (UserRecommendations list in lists)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return list;
                }

                progress?.Report(new ExportProgress(done += lists.Length, users.Count));
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll((IEnumerable<Task>)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private UserRecommendations[] RankBlock(string[] users, RecommendationRequest request)
    {
        if (users.Contains(null!))
            throw new ArgumentException("The id of a user is null.", nameof(users));
        IReadOnlyList<RecommendationList> lists = Recommend(
            [.. users.Select(user => request with { UserId = user })], new ParallelOptions { MaxDegreeOfParallelism = 1 });
        return [.. users.Zip(lists, (user, list) => new UserRecommendations(user, list))];
    }
}
