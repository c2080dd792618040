using Benchmarks.PlainLibtorch;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>Epochs and evaluations end to end, through the same facade that users call.</summary>
internal static class EpochSuite
{
    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        RecDataset data = options.Load();
        report.Note($"{Describe(data)}; batches of 2048; interleaved epochs");
        int epochs = options.Quick ? 2 : 12;
        using (var plain = new PlainLightGcn(data, 64, 2048))
            Beside("LightGCN", DRepMRecModel.Create(data, DRepMRecOptions.LightGcn), plain.TrainEpoch);
        Evaluation(options, report, data, options.Quick ? 2 : 10);
        if (data.Features.Count > 0)
        {
            using var features = new ModalFeatures(data.Features);
            var bpr = new DRepMRecOptions { Loss = new RankingLoss.Bpr() };
            using (var plain = new PlainFreedom(data, 64, 2048))
            {
                var freedom = new FreedomEncoder(data.Users.Count, features);
                Beside("FREEDOM", DRepMRecModel.Create(data, freedom, bpr with { UseModalLine = false }), plain.TrainEpoch);
            }

            Model("MGCN", DRepMRecModel.Create(data, new MgcnEncoder(data.Users.Count, features), bpr with { UseModalLine = false }));
            Model("DRepMRec (default)", DRepMRecModel.Create(data));
            Model("LightGCN + BMA, BPR", DRepMRecModel.Create(data, bpr));
            WideFeatures(options, report, data, epochs / 4, cancellation);
        }

        Model("LightGCN, sampled softmax",
            DRepMRecModel.Create(data, DRepMRecOptions.LightGcn with { Loss = new RankingLoss.SampledSoftmax() }));
        if (options.Threads > 1)
            WithNeighbor(options, report, data, epochs);

        void Beside(string name, DRepMRecModel model, Action<int> plainEpoch)
        {
            using DRepMRecModel current = model;
            BesidePlain(name, model, plainEpoch, options, report, data, epochs);
        }

        void Model(string name, DRepMRecModel model)
        {
            cancellation.ThrowIfCancellationRequested();
            using DRepMRecModel current = model;
            report.Add($"{name} epoch", Epochs(model, data, Math.Max(2, epochs * 2 / 3), options.Threads));
        }
    }

    public static string Describe(RecDataset data)
        => $"{data.Name}: {data.Users.Count} users, {data.Items.Count} items, {data.Train.Count} training interactions";

    /// <summary>Options of so many epochs after a first one, which warms up; nothing stops them early.</summary>
    public static TrainerOptions Timed(TrainerOptions options, int epochs, int threads) => options with
    {
        MaxEpochs = epochs + 1,
        Patience = int.MaxValue,
        EvaluateEvery = int.MaxValue,
        Threads = threads,
        KeepFreedMemory = true,
    };

    /// <summary>The training time of each epoch but the first, which warms up.</summary>
    public static Timing Epochs(DRepMRecModel model, RecDataset data, int epochs, int threads, TrainerOptions? trainer = null)
    {
        var processor = new ProcessorTimes();
        TrainingReport trained = new Trainer(model, data, Timed(trainer ?? new(), epochs, threads)).Fit(processor);
        return new Timing([.. trained.History.Skip(1).Select(e => e.TrainingTime.TotalMilliseconds)], [.. processor.Milliseconds.Skip(1)]);
    }

    /// <summary>The processor time of each epoch, from the end of the one before to the end of its last batch.</summary>
    private sealed class ProcessorTimes : IProgress<TrainingProgress>
    {
        private TimeSpan _before = Environment.CpuUsage.TotalTime;
        private TimeSpan _last;

        public List<double> Milliseconds { get; } = [];

        public void Report(TrainingProgress value)
        {
            TimeSpan now = Environment.CpuUsage.TotalTime;
            if (value.Batch < value.Batches)
            {
                _last = now;
                return;
            }

            // The last batch has no report of its own before validation: it counts as much as the mean of the others.
            double others = (_last - _before).TotalMilliseconds;
            Milliseconds.Add(value.Validation is null || value.Batches == 1
                ? (now - _before).TotalMilliseconds
                : others * value.Batches / (value.Batches - 1));
            _before = now;
        }
    }

    private static void BesidePlain(
        string name, DRepMRecModel model, Action<int> plainEpoch, Arguments options, Report report, RecDataset data, int epochs)
    {
        plainEpoch(1);
        Epochs(model, data, 3, options.Threads);
        List<Timing> own = [], others = [];
        for (int round = 0; round < Math.Max(2, epochs / 2); round++)
        {
            own.Add(Epochs(model, data, 2, options.Threads));
            others.Add(Timing.Once(() => plainEpoch(round + 2)));
        }

        report.Add($"{name} epoch", Timing.Together(own), Timing.Together(others));
    }

    private static void Evaluation(Arguments options, Report report, RecDataset data, int rounds)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor users = randn(data.Users.Count, 64), items = randn(data.Items.Count, 64);
        var evaluator = new Evaluator(new EvaluationOptions { Threads = options.Threads });
        Timing[] times = Timing.Interleaved(rounds,
            () => evaluator.Evaluate(EmbeddingScorer.Of(new UserItemEmbeddings(users, items)), data, EvaluationTarget.Test),
            () => PlainRanking.Recall(users, items, data, 20));
        double evaluated = Enumerable.Range(0, data.Users.Count).Count(u => data.Test.ItemsOf(u).Length > 0);
        report.Add("test evaluation, 8 metrics (plain: Recall@20 alone)", times[0], times[1],
            2.0 * evaluated * data.Items.Count * 64 / Machine.ProductRate / options.Threads * 1000);
    }

    /// <summary>The same interactions with made-up features of 4096 columns, as they are and as principal components.</summary>
    private static void WideFeatures(Arguments options, Report report, RecDataset data, int epochs, CancellationToken cancellation)
    {
        int dimension = options.Quick ? 512 : 4096;
        var wide = new RecDataset(data.Name, data.Users, data.Items, data.Splits,
            [new ItemFeatures(Modality.Image, data.Items.Count, dimension, LargeGraph.Features(data.Items.Count, dimension))]);
        foreach (int components in new[] { 0, 256 })
        {
            cancellation.ThrowIfCancellationRequested();
            using var model = DRepMRecModel.Create(wide, new DRepMRecOptions { FeatureComponents = components });
            report.Add($"DRepMRec, {dimension} features{(components > 0 ? $" as {components} components" : "")}, epoch",
                Epochs(model, wide, Math.Max(1, epochs), options.Threads));
        }
    }

    /// <summary>The same epochs while another process keeps a core busy.</summary>
    private static void WithNeighbor(Arguments options, Report report, RecDataset data, int epochs)
    {
        using var model = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
        Epochs(model, data, 2, options.Threads);
        report.Add("LightGCN epoch, alone", Epochs(model, data, epochs, options.Threads));
        using (Neighbor.Start())
            report.Add("LightGCN epoch, beside a busy process", Epochs(model, data, epochs, options.Threads));
    }
}
