using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DRepMRec;
using DRepMRec.Graphs;

namespace Benchmarks;

/// <summary>Runs <see cref="KernelBenchmarks"/> in this process and holds them against their bounds.</summary>
internal static class KernelSuite
{
    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        KernelBenchmarks.Data = options.Load();
        var graph = new InteractionGraph(KernelBenchmarks.Data.Train);
        report.Note($"{KernelBenchmarks.Data.Name}: {graph}; {KernelBenchmarks.Dimension} columns; by BenchmarkDotNet, one call per "
            + "repetition, one method after the other");
        using Parallelism.Scope threads = Parallelism.Use(options.Threads);

        // One call per repetition: of many short repetitions, a busy machine leaves a few alone.
        Job job = Job.Default.WithToolchain(InProcessEmitToolchain.DontLogOutput).WithWarmupCount(options.Quick ? 1 : 10)
            .WithIterationCount(options.Quick ? 3 : 120).WithInvocationCount(1).WithUnrollFactor(1).WithGcForce(false);
        IConfig config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "drepmrec-benchmarks"))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.DisableLogFile);
        Summary summary = BenchmarkRunner.Run<KernelBenchmarks>(config);
        Timing Of(string name)
        {
            BenchmarkReport one = summary.Reports.Single(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == name);
            return new Timing([.. one.AllMeasurements
                .Where(m => m is { IterationMode: IterationMode.Workload, IterationStage: IterationStage.Result })
                .Select(m => m.GetAverageTime().ToMilliseconds())]);
        }

        int nodes = graph.UserCount + graph.ItemCount, width = KernelBenchmarks.Dimension;
        long table = (long)nodes * width * sizeof(float), entries = graph.Adjacency.NonZeroCount;
        double product = Bytes((entries * ((width * sizeof(float)) + 8)) + table, table), step = Bytes(7 * table, table);
        report.Add("propagation kernel, forward and backward", Of("Kernel"), Of("PlainProduct"), 2 * product);
        report.Add("propagation with autograd, forward and backward", Of("Product"), Of("PlainProduct"), 2 * product);
        report.Add("mean over 2 layers, forward and backward", Of("MeanOfLayers"), Of("PlainMeanOfLayers"), 4 * product);
        report.Add("Adam step over all rows", Of("Adam"), Of("PlainAdam"), step);
        report.Add($"scores of {KernelBenchmarks.ScoredUsers} users", Of("Scores"), Of("PlainScores"),
            Operations(2.0 * KernelBenchmarks.ScoredUsers * graph.ItemCount * width));
        report.Add($"10 nearest of {KernelBenchmarks.NeighborRows} x {KernelBenchmarks.NeighborDimension}",
            Of("Neighbors"), Of("PlainNeighbors"),
            Operations(2.0 * KernelBenchmarks.NeighborRows * KernelBenchmarks.NeighborRows * KernelBenchmarks.NeighborDimension));
        report.Add("drawing an epoch's batches", Of("SamplerEpoch"));

        double Bytes(long bytes, long block) => bytes / Machine.CopyRate((int)Math.Min(block, 1 << 28)) / options.Threads * 1000;
        double Operations(double count) => count / Machine.ProductRate / options.Threads * 1000;
    }
}
