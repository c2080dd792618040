using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Losses;

/// <summary>
/// Cuts shuffled interactions into batches with negatives by (seed, epoch) alone: never training items of the user, but where a batch
/// shares them: the sampled softmax leaves out the pairs that <see cref="TrainingBatch.Known"/> names.
/// </summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
/// <example>
/// <code>
/// var sampler = new BatchSampler(data.Train, new RankingLoss.Bpr());
/// foreach (TrainingBatch batch in sampler.Epoch(1))
///     Console.WriteLine(batch.Count);
/// </code>
/// </example>
public sealed class BatchSampler
{
    private const int MaxTries = 100;
    private readonly InteractionSet _train;
    private readonly RankingLoss _loss;
    private readonly int _batchSize;
    private readonly ulong _seed;
    private readonly int[] _pairUsers;
    private readonly SeenItems _seen;
    private readonly int[] _candidates;
    private readonly double[]? _cumulative;
    private readonly NegativeCorrection? _correction;

    /// <summary>
    /// The smallest power of two of which at most 32 make an epoch, from 32 to 2,048: an epoch has enough steps to learn something, in a
    /// small shop too.
    /// </summary>
    internal static int SizeFor(int interactions)
        => Math.Clamp((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((interactions + 31L) / 32)), 32, 2048);

    /// <summary>Refuses what no sampler can be made of, before a training begins.</summary>
    /// <param name="train">The training interactions.</param>
    /// <param name="loss">The ranking loss.</param>
    /// <param name="sampling">Where negatives come from.</param>
    /// <param name="parameter">What is wrong, for the error.</param>
    internal static void ThrowIfUnfit(InteractionSet train, RankingLoss loss, NegativeSampling sampling, string parameter)
    {
        ThrowIfWithoutNegatives(loss, parameter);
        int[] degrees = train.ItemDegrees();
        _ = Cumulative(train, degrees, CandidatesOf(degrees, sampling), sampling, parameter);
        ThrowIfUncorrectable(loss, sampling, parameter);
    }

    /// <summary>Creates a sampler.</summary>
    /// <param name="train">The training interactions, at least one.</param>
    /// <param name="loss">The ranking loss, which says how many negatives there are, and whether the batch shares them.</param>
    /// <param name="sampling">Where negatives come from, or <see langword="null"/> for the defaults.</param>
    /// <param name="batchSize">
    /// The number of interactions per batch, at least 1; <see langword="null"/> follows the data as
    /// <see cref="TrainerOptions.BatchSize"/> does.
    /// </param>
    /// <param name="seed">The seed of the order and of the negatives.</param>
    /// <exception cref="ArgumentException">
    /// There is no interaction, the loss has no negatives or more for a batch than an array holds, the popularities are beyond what numbers
    /// can be, or a correction is asked for that the loss can't take.
    /// </exception>
    public BatchSampler(InteractionSet train, RankingLoss loss, NegativeSampling? sampling = null, int? batchSize = null, int seed = 2024)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(loss);
        if (batchSize is { } given)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(batchSize));
        ThrowIfWithoutNegatives(loss, nameof(loss));
        sampling ??= new NegativeSampling();
        if (train.Count == 0)
            throw new ArgumentException("Expected at least one training interaction, got none.", nameof(train));
        _train = train;
        Count = train.Count;
        _loss = loss;
        _batchSize = batchSize ?? SizeFor(train.Count);
        if (!loss.SharesNegatives && (long)Math.Min(_batchSize, Count) * loss.Negatives > Array.MaxLength)
        {
            throw new ArgumentException($"Expected at most {Array.MaxLength} negatives in a batch; {loss.Negatives} for each of "
                + $"{Math.Min(_batchSize, Count)} interactions are more.", nameof(loss));
        }

        _seed = (ulong)seed;
        _pairUsers = train.ExpandUsers();
        _seen = new SeenItems(train);
        int[] degrees = train.ItemDegrees();
        _candidates = CandidatesOf(degrees, sampling);
        _cumulative = Cumulative(train, degrees, _candidates, sampling, nameof(sampling));
        ThrowIfUncorrectable(loss, sampling, nameof(loss));
        if (sampling.Corrected && _cumulative is not null)
            _correction = new NegativeCorrection(train.ItemCount, _candidates, _cumulative, loss.Negatives);
    }

    /// <summary>The most interactions of one user in an epoch; of more, as many are drawn anew each epoch.</summary>
    /// <value>0 for all of them (the default), or more.</value>
    public int MaxPerUser
    {
        get;
        init
        {
            field = Guard.NotNegative(value);
            Count = field == 0 ? _train.Count : Enumerable.Range(0, _train.UserCount).Sum(u => Math.Min(value, _train.ItemsOf(u).Length));
        }
    }

    /// <summary>The number of interactions in an epoch.</summary>
    public int Count { get; private init; }

    /// <summary>The number of batches in an epoch.</summary>
    public int BatchCount => (int)((Count + (_batchSize - 1L)) / _batchSize);

    /// <summary>The batches of an epoch; the last one may be smaller.</summary>
    /// <param name="epoch">The number of the epoch.</param>
    /// <returns>Batches, made as they are asked for.</returns>
    public IEnumerable<TrainingBatch> Epoch(int epoch) => Epoch(epoch, _ => { });

    /// <summary>The batches of an epoch.</summary>
    /// <param name="epoch">The number of the epoch.</param>
    /// <param name="prepare">Does what can be done before a batch is used, where another thread makes batches ahead.</param>
    internal IEnumerable<TrainingBatch> Epoch(int epoch, Action<TrainingBatch> prepare)
        => Parallelism.Threads > 1 ? Ahead(Draw(epoch), prepare) : Draw(epoch);

    private IEnumerable<TrainingBatch> Draw(int epoch)
    {
        int[] order = Order(new SeededRandom(_seed, RandomPurpose.Shuffle, (ulong)epoch));
        var random = new SeededRandom(_seed, RandomPurpose.Negatives, (ulong)epoch);
        for (int start = 0, count; start < order.Length; start += count)
        {
            count = Math.Min(_batchSize, order.Length - start);
            int[] users = new int[count], positives = new int[count];
            float[] confidences = new float[_train.Confidences.IsEmpty ? 0 : count];
            for (int b = 0; b < count; b++)
            {
                users[b] = _pairUsers[order[start + b]];
                positives[b] = _train.Items[order[start + b]];
                if (confidences.Length > 0)
                    confidences[b] = _train.Confidences[order[start + b]];
            }

            int[] negatives = _loss.SharesNegatives ? DrawShared(random) : DrawFor(users, positives, random);
            yield return new TrainingBatch(users, positives, negatives, _loss.SharesNegatives)
            {
                Seed = (long)random.NextUInt64(),
                Known = _train,
                Confidences = confidences,
                Correction = _correction,
            };
        }
    }

    /// <summary>Makes each batch on another thread while the one before is used.</summary>
    private static IEnumerable<TrainingBatch> Ahead(IEnumerable<TrainingBatch> batches, Action<TrainingBatch> prepare)
    {
        using IEnumerator<TrainingBatch> source = batches.GetEnumerator();
        TrainingBatch? Next()
        {
            if (!source.MoveNext())
                return null;
            source.Current.Compact.Prepare();
            prepare(source.Current);
            return source.Current;
        }

        Task<TrainingBatch?> next = Task.Run(Next);
        try
        {
            while (next.GetAwaiter().GetResult() is { } batch)
            {
                next = Task.Run(Next);
                yield return batch;
            }
        }
        finally
        {
            // Whoever stops within an epoch leaves a batch behind that is still being made; what it throws is nobody's.
            ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    /// <summary>The epoch's interactions in random order.</summary>
    private int[] Order(SeededRandom random)
    {
        int[] order = [.. Enumerable.Range(0, _train.Count)];
        if (MaxPerUser > 0)
        {
            int kept = 0;
            for (int user = 0; user < _train.UserCount; user++)
            {
                Span<int> own = order.AsSpan(_train.Offsets[user], _train.ItemsOf(user).Length);
                int count = Math.Min(MaxPerUser, own.Length);
                for (int n = 0; n < count && count < own.Length; n++)
                {
                    int other = n + random.NextInt(own.Length - n);
                    (own[n], own[other]) = (own[other], own[n]);
                }

                own[..count].CopyTo(order.AsSpan(kept));
                kept += count;
            }

            order = order[..kept];
        }

        random.Shuffle(order.AsSpan());
        return order;
    }

    private static int[] CandidatesOf(int[] degrees, NegativeSampling sampling)
    {
        bool takesAll = sampling.Candidates == NegativeCandidates.AllItems;
        return [.. Enumerable.Range(0, degrees.Length).Where(i => takesAll || degrees[i] > 0)];
    }

    // Items that nobody has count as one.
    private static double[]? Cumulative(
        InteractionSet train, int[] degrees, int[] candidates, NegativeSampling sampling, string parameter)
    {
        if (sampling.Distribution != NegativeDistribution.Popularity)
            return null;
        double sum = 0;
        double[] popularity = Popularity(train, degrees);
        double[] cumulative = [.. candidates.Select(i => sum += Math.Pow(popularity[i], sampling.PopularityExponent))];
        return candidates.Length == 0 || (sum > 0 && double.IsFinite(sum)) ? cumulative : throw new ArgumentException(
            $"{nameof(NegativeSampling)}.{nameof(NegativeSampling.PopularityExponent)} {sampling.PopularityExponent} makes the "
            + $"popularities, up to {candidates.Max(i => popularity[i])}, {(sum > 0 ? "larger" : "smaller")} than numbers can be: "
            + "expected a lower one.", parameter);
    }

    private static void ThrowIfWithoutNegatives(RankingLoss loss, string parameter)
    {
        if (loss.Negatives < 1)
        {
            throw new ArgumentException(
                $"Expected a ranking loss with at least one negative; {loss.GetType().Name} has {loss.Negatives}.", parameter);
        }
    }

    private static void ThrowIfUncorrectable(RankingLoss loss, NegativeSampling sampling, string parameter)
    {
        if (sampling.Corrected && !loss.SharesNegatives)
        {
            throw new ArgumentException(
                $"Expected a ranking loss whose batches share negatives, as {nameof(NegativeSampling)}."
                + $"{nameof(NegativeSampling.Corrected)} is set; {loss.GetType().Name} draws its own for each interaction.", parameter);
        }
    }

    private static double[] Popularity(InteractionSet train, int[] degrees)
    {
        double[] popularity = Array.ConvertAll(degrees, degree => train.Confidences.IsEmpty || degree == 0 ? Math.Max(1.0, degree) : 0);
        for (int e = 0; e < train.Confidences.Length; e++)
            popularity[train.Items[e]] += train.Confidences[e];
        return popularity;
    }

    private int[] DrawShared(SeededRandom random)
    {
        var negatives = new int[_loss.Negatives];
        foreach (ref int negative in negatives.AsSpan())
            negative = Draw(random);
        return negatives;
    }

    private int[] DrawFor(int[] users, int[] positives, SeededRandom random)
    {
        int perPair = _loss.Negatives;
        var negatives = new int[users.Length * perPair];
        for (int n = 0; n < negatives.Length; n++)
            negatives[n] = DrawUnseen(users[n / perPair], positives[n / perPair], random);
        return negatives;
    }

    /// <summary>Draws until an item isn't the user's; after many tries from the rest, or, without one, the positive.</summary>
    private int DrawUnseen(int user, int positive, SeededRandom random)
    {
        for (int tries = 0; tries < MaxTries; tries++)
        {
            int item = Draw(random);
            if (!_seen.Contains(user, item))
                return item;
        }

        int[] unseen = [.. _candidates.Where(i => !_seen.Contains(user, i))];
        return unseen.Length > 0 ? unseen[random.NextInt(unseen.Length)] : positive;
    }

    private int Draw(SeededRandom random)
    {
        if (_cumulative is null)
            return _candidates[random.NextInt(_candidates.Length)];
        int at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return _candidates[Math.Min(at < 0 ? ~at : at + 1, _candidates.Length - 1)];
    }
}
