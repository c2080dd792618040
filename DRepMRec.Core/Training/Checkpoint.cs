using System.Runtime.InteropServices;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>Turns the state of a training into the content of a checkpoint, and back.</summary>
internal static class Checkpoint
{
    public const string Weight = "weight/", Best = "best/", Moment = "adam/";
    private const string Generator = "libtorch_generator", Users = "validation_users", PerUser = "validation_per_user";

    /// <summary>Writes the state; of processes that train together, by one of them, with the columns of all.</summary>
    public static void Write(
        CheckpointFile? file, TrainingState state, IReadOnlyDictionary<string, string> fingerprint, TrainingPeers peers)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var manifest = new CheckpointManifest(
            CheckpointManifest.CurrentFormatVersion, new Dictionary<string, string>(fingerprint), state.Optimizer.StepCount, state.Batch,
            [.. state.Losses.Sums], state.FirstLoss, state.Elapsed.Ticks, state.EpochStart.Ticks,
            [.. state.History.Select(CheckpointEpoch.Of)]);
        List<SafeTensor> tensors =
        [
            .. Entries(state).Select(e => TensorBytes.Of(e.Name, e.Share?.Gather(e.Tensor, peers.IsFirst) ?? e.Tensor)),
            TensorBytes.Of(Generator, random.get_rng_state()),
        ];
        if (state.Stopping.BestEpoch is { } best)
        {
            EvaluationResult result = state.History[best - 1].Validation!;
            tensors.Add(SafeTensor.Of<int>(Users, [.. result.EvaluatedUsers]));
            tensors.Add(SafeTensor.Of<double>(PerUser, [.. result.Metrics.Keys.SelectMany(result.PerUser)]));
        }

        peers.Together("to write the checkpoint", () => file?.Write(manifest, tensors));
    }

    /// <summary>Refuses to keep too large an array, on all processes alike. Moments and best weights are as large as weights.</summary>
    /// <exception cref="InvalidOperationException">An array is too large.</exception>
    public static void ThrowIfTooLarge(DRepMRecModel model, TrainerOptions options, long limit)
    {
        string? option = options.Checkpoint is not null ? nameof(TrainerOptions.Checkpoint)
            : options.KeepMoments ? nameof(TrainerOptions.KeepMoments) : null;
        if (option is null)
            return;
        Dictionary<string, ColumnShare> shares = SharesOf(model);
        foreach (var (name, weights) in model.state_dict())
        {
            long[]? whole = shares.GetValueOrDefault(name)?.WholeShape(weights.shape);
            if (TensorBytes.TooLarge(name, weights, whole, limit) is { } reason)
                throw new InvalidOperationException($"{reason} that {nameof(TrainerOptions)}.{option} can keep: train without it.");
        }
    }

    /// <summary>Goes on from the checkpoint of a file, if there is one.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="CheckpointFormatException">It is damaged or newer than this library.</exception>
    /// <exception cref="CheckpointMismatchException">It is of another training.</exception>
    public static bool TryRestore(
        CheckpointFile? file, TrainingState state, IReadOnlyDictionary<string, string> fingerprint, int maxEpochs,
        EvaluationProtocol protocol, IdMap ids, TrainingPeers peers)
    {
        if (peers.Read(file, [Generator, Users, PerUser]) is not var (manifest, tensors, path))
            return false;
        List<CheckpointDifference> differences = [.. TrainingFingerprint.Compare(manifest.Training, fingerprint)];
        int begun = manifest.History.Count + (manifest.Batch > 0 ? 1 : 0);
        if (begun > maxEpochs)
            differences.Add(new CheckpointDifference("Trainer.MaxEpochs", $"{begun} or more", $"{maxEpochs}"));
        if (differences.Count > 0)
            throw new CheckpointMismatchException(path, differences);

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        try
        {
            // First everything is looked at, then everything is put in place: a file that is wrong changes nothing.
            IReadOnlyList<EpochReport> history = ReadHistory(manifest, tensors, protocol, ids);
            bool hasBest = history.Any(e => e.Validation is not null);
            if (hasBest)
                state.Best.Take();
            Tensor generator = random.get_rng_state();
            List<(SafeTensor Stored, Entry Entry)> places =
                [.. Entries(state).Append(new Entry(Generator, generator, null)).Select(e => (Find(tensors, e), e))];
            if (tensors.Count != places.Count + (hasBest ? 2 : 0))
                throw new FormatException($"expected {places.Count + (hasBest ? 2 : 0)} arrays, found {tensors.Count}");

            var losses = new LossMeans(manifest.LossSums, manifest.Batch);
            foreach (var (stored, entry) in places)
                peers.CopyTo(stored, entry.Tensor, entry.Share);
            random.set_rng_state(generator);
            state.Optimizer.StepCount = manifest.Steps;
            state.GoOn(history, manifest.FirstLoss, new TimeSpan(manifest.Elapsed));
            state.Begin(manifest.Batch, losses, new TimeSpan(manifest.EpochStart));
            return true;
        }
        catch (Exception exception)
            when (exception is FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointFormatException($"{Shown.Name(path)}: {Shown.Message(exception.Message)}", exception);
        }
    }

    /// <summary>Weights, moments and, once there are any, best weights.</summary>
    private static IEnumerable<Entry> Entries(TrainingState state)
    {
        Dictionary<string, ColumnShare> shares = SharesOf(state.Model);
        return
        [
            .. state.Model.state_dict().Select(w => new Entry(Weight + w.Key, w.Value, shares.GetValueOrDefault(w.Key))),
            .. state.Optimizer.Moments.Zip(state.Optimizer.SharesOfMoments).Select((m, n) => new Entry(Moment + n, m.First, m.Second)),
            .. state.Best.Copies.Select(w => new Entry(Best + w.Key, w.Value, shares.GetValueOrDefault(w.Key))),
        ];
    }

    /// <summary>The weights of which this process has some columns, by name.</summary>
    public static Dictionary<string, ColumnShare> SharesOf(DRepMRecModel model)
        => model.named_parameters().Select(p => (p.name, Share: ColumnPartition.ShareOf(p.parameter))).Where(p => p.Share is not null)
            .ToDictionary(p => p.name, p => p.Share!);

    private static SafeTensor Find(IReadOnlyDictionary<string, SafeTensor> tensors, Entry entry)
    {
        if (!tensors.TryGetValue(entry.Name, out SafeTensor? stored))
            throw new FormatException($"the array '{entry.Name}' is missing");
        long[]? whole = entry.Share?.WholeShape(entry.Tensor.shape);
        return TensorBytes.Fits(stored, entry.Tensor, whole)
            ? stored
            : throw new FormatException(
                $"expected the array '{entry.Name}' as {TensorBytes.Describe(entry.Tensor, whole)}, "
                + $"it is {stored.Type} [{Shown.List(stored.Shape)}]");
    }

    private static IReadOnlyList<EpochReport> ReadHistory(
        CheckpointManifest manifest, IReadOnlyDictionary<string, SafeTensor> tensors, EvaluationProtocol protocol,
        IdMap ids)
    {
        var none = new Dictionary<RankingMetric, double[]>();
        List<EpochReport> history = [.. manifest.History.Select(e => e.ToReport(f => f.ToResult(protocol, [], ids, none)))];
        var stopping = new EarlyStopping(RankingMetric.Parse(manifest.Training["Trainer.StoppingMetric"]), int.MaxValue);
        foreach (EpochReport epoch in history.Where(e => e.Validation is not null))
            stopping.Update(epoch.Epoch, epoch.Validation!);
        if (stopping.BestEpoch is not { } best)
            return history;

        int[] users = Values<int>(tensors, Users);
        double[] values = Values<double>(tensors, PerUser);
        RankingMetric[] metrics = [.. history[best - 1].Validation!.Metrics.Keys];
        if (users.Length == 0 || values.Length != users.Length * metrics.Length)
            throw new FormatException($"expected the values of {metrics.Length} metrics for {users.Length} users, found {values.Length}");
        var perUser = metrics.Zip(values.Chunk(users.Length)).ToDictionary(p => p.First, p => p.Second);
        EvaluationResult validation = manifest.History[best - 1].Validation!.ToResult(protocol, users, ids, perUser);
        history[best - 1] = history[best - 1] with { Validation = validation };
        return history;
    }

    private static T[] Values<T>(IReadOnlyDictionary<string, SafeTensor> tensors, string name) where T : unmanaged
        => tensors.TryGetValue(name, out SafeTensor? stored) && stored.Type == SafeTensor.TypeName<T>()
            ? MemoryMarshal.Cast<byte, T>(stored.Data.Span).ToArray()
            : throw new FormatException($"the array '{name}' of {SafeTensor.TypeName<T>()} is missing");

    /// <summary>A tensor of the state; of processes that train together, with the columns of this one or whole.</summary>
    private sealed record Entry(string Name, Tensor Tensor, ColumnShare? Share);
}
