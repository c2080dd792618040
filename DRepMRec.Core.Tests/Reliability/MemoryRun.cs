using System.Diagnostics;
using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Reliability;

/// <summary>What is in use after a quarter of a training, of evaluations or of requests, and at the end.</summary>
/// <param name="What">The scenario that was run.</param>
/// <param name="Steps">How many steps, evaluations or requests there were.</param>
/// <param name="Tensors">The live tensors after a quarter and at the end.</param>
/// <param name="Managed">The bytes of living objects.</param>
/// <param name="Native">The bytes of the process in memory.</param>
internal sealed record MemoryRun(string What, int Steps, (long Quarter, long End) Tensors, (long Quarter, long End) Managed,
    (long Quarter, long End) Native)
{
    /// <summary>What an epoch of the history, with its figures, may take.</summary>
    private const int BytesPerEpoch = 4096;

    public static MemoryRun Train(string name, int steps)
    {
        RecDataset data = TinyTraining.Data;
        using var features = new ModalFeatures(data.Features);
        using DRepMRecModel model = Models.Create(name, data, features);
        TrainerOptions options = TinyTraining.Options(1);
        int batch = options.BatchSize!.Value, perEpoch = (data.Train.Count + batch - 1) / batch, epochs = (steps + perEpoch - 1) / perEpoch;
        (long Tensors, long Managed, long Native) quarter = default, end = default;
        var progress = new Watch(p =>
        {
            if (p.Batch < p.Batches)
                return;
            if (p.Epoch == Math.Max(1, epochs / 4))
                quarter = Measure();
            if (p.Epoch == epochs)
                end = Measure();
        });
        new Trainer(model, data, options with { MaxEpochs = epochs, Patience = epochs }).Fit(progress);
        return new MemoryRun(
            $"training {name}", epochs * perEpoch,
            (quarter.Tensors, end.Tensors), (quarter.Managed, end.Managed), (quarter.Native, end.Native))
        {
            Allowance = epochs * BytesPerEpoch,
        };
    }

    /// <summary>Runs anything a number of times.</summary>
    public static MemoryRun Repeat(string what, int times, Action action)
    {
        (long Tensors, long Managed, long Native) quarter = default;
        for (int n = 1; n <= times; n++)
        {
            action();
            if (n == Math.Max(1, times / 4))
                quarter = Measure();
        }

        var (tensors, managed, native) = Measure();
        return new MemoryRun(what, times, (quarter.Tensors, tensors), (quarter.Managed, managed), (quarter.Native, native));
    }

    public static IEnumerable<MemoryRun> All(int steps)
    {
        foreach (string name in Models.Names)
            yield return Train(name, steps);
        yield return Repeat("evaluation", steps, ()
            => new Evaluator().Evaluate(new EmbeddingScorer(Floats(150), Floats(100), 8), TinyTraining.Data, EvaluationTarget.Test));
        yield return Repeat("serving", steps, () => Scenarios.Serve());
        yield return Repeat("saving and loading", steps / 4, () => Scenarios.All["saving and loading"]());
    }

    /// <summary>What grew for a known reason.</summary>
    public long Allowance { get; init; }

    /// <summary>No tensor more; of the rest not more than the noise of the collector and of allocators.</summary>
    public bool IsFlat => Tensors.End == Tensors.Quarter && Managed.End - Managed.Quarter < Allowance + (2 << 20)
        && Native.End - Native.Quarter < Allowance + (48 << 20);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{What}, {Steps} steps: {Tensors.Quarter} -> {Tensors.End} tensors, {Managed.Quarter / 1e6:F1} -> {Managed.End / 1e6:F1} MB of "
            + $"objects, {Native.Quarter / 1e6:F0} -> {Native.End / 1e6:F0} MB of process");

    private static float[] Floats(int rows) => Samples.Floats(rows * 8, 1);

    private static (long Tensors, long Managed, long Native) Measure()
    {
        for (int times = 0; times < 2; times++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using Process process = Process.GetCurrentProcess();
        return (LiveTensors.Count, GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
    }

    private sealed class Watch(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
