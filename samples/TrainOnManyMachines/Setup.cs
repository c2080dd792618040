using Benchmarks;
using DRepMRec;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace TrainOnManyMachines;

/// <summary>What is trained: the same on all processes, which read or make the data each for itself.</summary>
internal sealed record Setup(string? Folder, int Interactions, int Dimension, bool Softmax, bool Scores)
{
    public DRepMRecOptions Model => new()
    {
        EmbeddingDim = Dimension,
        UseModalLine = false,
        Loss = Softmax ? new RankingLoss.SampledSoftmax() : new RankingLoss.Bpr(),
    };

    /// <summary>A dataset to train and validate on.</summary>
    public RecDataset Data() => Folder is not null
        ? RecDataset.Load(Folder)
        : SyntheticDataset.Create(
            new SyntheticOptions { Users = Math.Max(100, Interactions / 20), Items = Math.Max(60, Interactions / 60) }).Data;

    /// <summary>A dataset to measure steps on, of any size, quickly made.</summary>
    public RecDataset Graph() => Folder is not null
        ? RecDataset.Load(Folder)
        : LargeGraph.Create(Math.Max(50, Interactions / 20), Math.Max(30, Interactions / 100), Interactions);

    /// <summary>LightGCN, of which each process has some columns.</summary>
    public DRepMRecModel Create(RecDataset data, ICollective collective)
    {
        var columns = new ColumnPartition(collective, Dimension) { Exchange = Scores ? ExchangedValues.Scores : ExchangedValues.Rows };
        var host = new LightGcnEncoder(
            data.Users.Count, data.Items.Count, new LightGcnOptions { EmbeddingDim = Dimension }, columns);
        return DRepMRecModel.Create(data, host, Model, collective);
    }

    /// <summary>Batches that grow with the graph.</summary>
    public static TrainerOptions Steps(RecDataset data, int threads)
    {
        TrainerOptions options = LargeGraphRecipe.Options(data.Train.Count);
        return options with
        {
            BatchSize = options.BatchSize ?? 2048,
            MaxEpochs = int.MaxValue,
            EvaluateEvery = int.MaxValue,
            Threads = threads,
            KeepFreedMemory = true,
        };
    }

    /// <summary>Trains a number of steps, and tells the milliseconds of each but the first, which warms up.</summary>
    public double[] Step(RecDataset data, ICollective collective, int threads, int steps, Action begin)
    {
        using DRepMRecModel model = Create(data, collective);
        using var enough = new CancellationTokenSource();
        var clock = new System.Diagnostics.Stopwatch();
        var times = new List<double>();
        var progress = new Immediate(_ =>
        {
            if (clock.IsRunning)
                times.Add(clock.Elapsed.TotalMilliseconds);
            else
                begin();
            if (times.Count == steps)
                enough.Cancel();
            clock.Restart();
        });
        try
        {
            new Trainer(model, data, Steps(data, threads)).Fit(progress, enough.Token);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested || collective.Rank > 0)
        {
        }

        return [.. times];
    }

    private sealed class Immediate(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
