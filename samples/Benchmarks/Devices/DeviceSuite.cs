using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks.Devices;

/// <summary>The same trainings on the processor and on a CUDA device: do they agree, and which is faster.</summary>
internal static class DeviceSuite
{
    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        if (!cuda.is_available())
        {
            throw new ArgumentException(
                "--suite devices compares the processor with a CUDA device: expected one, and a libtorch made for it; there is none.");
        }

        if (options.Data is null)
            Agreement(options, report, cancellation);
        else
            Times(options, report, cancellation);
    }

    /// <summary>Three epochs of each variant on both: losses, rows and lists.</summary>
    private static void Agreement(Arguments options, Report report, CancellationToken cancellation)
    {
        RecDataset data = SyntheticDataset.Create().Data;
        report.Note($"{data}; three epochs; the largest relative difference of losses, of rows to the largest number; top 5 of a user");
        var trainer = new TrainerOptions { MaxEpochs = options.Quick ? 1 : 3, Patience = int.MaxValue, Threads = options.Threads };
        foreach (var (name, create) in DeviceVariants.All())
        {
            cancellation.ThrowIfCancellationRequested();
            using ModalFeatures features = new(data.Features), moved = new(data.Features);
            using DRepMRecModel here = create(data, features), there = create(data, moved);
            there.to(CUDA);
            TrainingReport a = new Trainer(here, data, trainer).Fit(), b = new Trainer(there, data, trainer).Fit();
            double losses = a.History.Zip(b.History).Max(epochs => epochs.First.Losses.Max(loss
                => Math.Abs(loss.Value - epochs.Second.Losses[loss.Key]) / Math.Max(1e-3, Math.Abs(loss.Value))));
            using UserItemEmbeddings x = here.Embed(), y = there.Embed();
            double rows = Math.Max(Difference(x.Users, y.Users), Difference(x.Items, y.Items));
            string user = data.Users.Ids[0];
            bool same = List(a, user).SequenceEqual(List(b, user));
            report.Note(string.Create(CultureInfo.InvariantCulture,
                $"{name,-36} losses {losses:E1} rows {rows:E1}, lists {(same ? "the same" : "differ")}, "
                + $"validation {Recall(a):F4} and {Recall(b):F4}; {a.Elapsed.TotalSeconds:F1} and {b.Elapsed.TotalSeconds:F1} s"));
        }
    }

    private static void Times(Arguments options, Report report, CancellationToken cancellation)
    {
        RecDataset data = options.Load();
        report.Note($"{EpochSuite.Describe(data)}; 'plain' is the CUDA device");
        foreach (var (name, model) in new[] { ("LightGCN", DRepMRecOptions.LightGcn), ("DRepMRec (default)", new DRepMRecOptions()) })
        {
            cancellation.ThrowIfCancellationRequested();
            using DRepMRecModel here = DRepMRecModel.Create(data, model), there = DRepMRecModel.Create(data, model);
            there.to(CUDA);
            int epochs = options.Quick ? 1 : 4;
            Timing processor = EpochSuite.Epochs(here, data, epochs, options.Threads);
            report.Add($"{name} epoch", processor, EpochSuite.Epochs(there, data, epochs, options.Threads));
        }
    }

    private static IEnumerable<string> List(TrainingReport training, string user)
        => training.BuildRecommender().Recommend(user, 5).Select(item => item.Item);

    private static double Recall(TrainingReport training) => training.Validation!.Metrics[RankingMetric.Recall(20)];

    private static double Difference(Tensor here, Tensor there)
    {
        using DisposeScope scope = NewDisposeScope();
        return (here - there.cpu()).abs().max().item<float>() / (double)here.abs().max().item<float>();
    }
}
