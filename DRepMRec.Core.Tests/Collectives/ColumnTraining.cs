using DRepMRec.Alignment;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Collectives;

/// <summary>Small trainings on one process or on several.</summary>
internal static class ColumnTraining
{
    private const string Scores = ", by scores";

    public static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    public static readonly RecDataset WithoutValidation = new(
        "checkerboard", Board.Users, Board.Items,
        new InteractionSplits(Board.Train, new InteractionSet(Board.Users.Count, Board.Items.Count, []), Board.Test), Board.Features);

    public static readonly RecDataset Weighted = new(
        "checkerboard", Board.Users, Board.Items,
        Board.Splits with
        {
            Train = new InteractionSet(40, 30, [.. Board.Train.ExpandUsers().Zip(Board.Train.Items.ToArray())],
                [.. Enumerable.Range(0, Board.Train.Count).Select(n => 1f + (n % 7))]),
        }, Board.Features);

    private static readonly ModalFeatures Features = new(Board.Features);

    public static TrainerOptions Options { get; } = new()
    {
        MaxEpochs = 3,
        BatchSize = 64,
        Threads = 1,
        Patience = 2,
        Adam = new AdamOptions { LearningRate = 0.01 },
        StoppingMetric = RankingMetric.Recall(5),
        Evaluation = new EvaluationOptions
        {
            Metrics = [RankingMetric.Recall(5), RankingMetric.Ndcg(5)],
            ListMetrics = [ListMetric.Gini(5)],
        },
    };

    /// <summary>Creates a model with this process's columns, or with all.</summary>
    public static DRepMRecModel Create(
        string training, int dimension, ICollective? collective, RecDataset? data = null, ItemToItemOptions? itemToItem = null)
    {
        data ??= Board;
        ExchangedValues exchange = training.EndsWith(Scores, StringComparison.Ordinal) ? ExchangedValues.Scores : ExchangedValues.Rows;
        training = training.Replace(Scores, "", StringComparison.Ordinal);
        ColumnPartition? columns = collective is null ? null : new ColumnPartition(collective, dimension) { Exchange = exchange };
        bool whole = training.StartsWith("DRepMRec", StringComparison.Ordinal);
        var options = new DRepMRecOptions
        {
            EmbeddingDim = dimension,
            UseModalLine = whole,
            Modal = new ModalEncoderOptions { Neighbors = 3 },
            SimilaritySignal = new SssOptions { Weight = 0.1 },
            BehaviorDropout = 0.2,
            ItemToItem = itemToItem
                ?? new ItemToItemOptions { Enabled = training.EndsWith("items to items", StringComparison.Ordinal) },
            Loss = training switch
            {
                "LightGCN, softmax" or "VBPR, softmax" or "DRepMRec" => new RankingLoss.SampledSoftmax { Negatives = 16 },
                "LightGCN, BPR of cosines" => new RankingLoss.Bpr { Score = ScoreFunction.Cosine, Temperature = 0.2, Negatives = 2 },
                _ => new RankingLoss.Bpr(),
            },
        };
        int users = data.Users.Count, items = data.Items.Count;
        IBehaviorEncoder host = training switch
        {
            "BPR-MF" => new MatrixFactorizationEncoder(users, items, new() { EmbeddingDim = dimension }, columns),
            "VBPR, BPR" or "VBPR, softmax" => new VbprEncoder(users, Features, new() { EmbeddingDim = dimension }, columns),
            "a host of one's own" => new OwnHost(users, items, dimension, columns),
            "FREEDOM" => new FreedomEncoder(
                users, Features, new() { EmbeddingDim = dimension, Neighbors = 3, EdgeDropout = 0.3 }, columns),
            _ => new LightGcnEncoder(users, items, new() { EmbeddingDim = dimension }, columns),
        };
        return collective is null ? DRepMRecModel.Create(data, host, options) : DRepMRecModel.Create(data, host, options, collective);
    }

    /// <summary>Trains and gives a checksum of all weights and figures.</summary>
    public static string Run(
        string training, int dimension, ICollective? collective, string? checkpoint = null, CancellationToken token = default,
        int stopAfter = int.MaxValue, Action? report = null, ILogger? logger = null, int? epochs = null)
    {
        using DRepMRecModel model = Create(training, dimension, collective);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var progress = new Immediate<TrainingProgress>(p =>
        {
            report?.Invoke();
            if (((p.Epoch - 1) * p.Batches) + p.Batch >= stopAfter)
                stop.Cancel();
        });
        TrainerOptions options = epochs is { } most ? Options with { MaxEpochs = most, Patience = most } : Options;
        if (checkpoint is not null)
            options = options with { Checkpoint = new CheckpointOptions { Path = checkpoint } };
        return Fingerprint.Of(model, new Trainer(model, Board, options, logger).Fit(progress, stop.Token));
    }
}

/// <summary>Cancels when a number of exchanges is done.</summary>
internal sealed class Stopping(ICollective inner, int exchanges, CancellationTokenSource stop) : ICollective
{
    private int _done;

    /// <summary>The exchanges that were made.</summary>
    public int Done => _done;

    public int Rank => inner.Rank;

    public int Size => inner.Size;

    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        Count();
        inner.AllGather(own, all, lengths);
    }

    public void Broadcast(Span<byte> data, int root)
    {
        Count();
        inner.Broadcast(data, root);
    }

    public void Barrier()
    {
        Count();
        inner.Barrier();
    }

    public void Dispose() => inner.Dispose();

    private void Count()
    {
        if (++_done == exchanges)
            stop.Cancel();
    }
}

/// <summary>Keeps what is logged, each line behind its scope.</summary>
internal sealed class RankLog : ILogger, IDisposable
{
    private string _scope = "";

    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _scope = $"{state}";
        return this;
    }

    public void Dispose() => _scope = "";

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Add($"{_scope}: {formatter(state, exception)}");
}
