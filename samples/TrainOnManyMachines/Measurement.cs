using System.Diagnostics;
using DRepMRec.Collectives;
using DRepMRec.Data;

namespace TrainOnManyMachines;

/// <summary>Steps on all processes: time by parts, bytes as counted and by formula, memory.</summary>
internal static class Measurement
{
    public static void Run(Setup setup, int threads, TimeSpan timeout, int steps)
    {
        using var collective = new MeasuredCollective(MpiCollective.Start(timeout));
        RecDataset data = setup.Graph();
        double[] times = setup.Step(data, collective, threads, steps, collective.Reset);
        double exchanging = collective.Time.TotalMilliseconds / steps;
        var columns = new ColumnPartition(collective, setup.Dimension);
        long rows = data.Users.Count + data.Items.Count, peak = Process.GetCurrentProcess().PeakWorkingSet64;
        long received = collective.BytesReceived / steps;
        double[] memory = collective.AllGather(peak / 1e9);
        if (collective.Rank > 0)
            return;
        string formula = Formula.Explain(setup, received, Setup.Steps(data, threads).BatchSize!.Value, columns);
        Console.WriteLine(FormattableString.Invariant($"""
            {data.Train.Count:N0} interactions, {rows:N0} users and items, D = {setup.Dimension}
            {collective.Size} processes of {threads} threads
            step                 {times.Average():F1} ms ({times.Min():F1} to {times.Max():F1} of {steps})
            of it in exchanges   {exchanging:F1} ms, waiting for others among it
            received             {received:N0} bytes a step; {formula}
            embeddings, moments, gradients   {4.0 * rows * columns.Count * sizeof(float) / 1e9:F3} GB a process by the formula
            memory at its peak   {string.Join(", ", memory.Select(m => FormattableString.Invariant($"{m:F2}")))} GB by rank
            """));
    }
}

/// <summary>The bytes that a process gets in a step (docs/scale.md).</summary>
internal static class Formula
{
    public static string Explain(Setup setup, long received, int batch, ColumnPartition columns)
    {
        int peers = columns.Collective.Size - 1;
        static int Blocks(int width) => (width + ColumnPartition.BlockSize - 1) / ColumnPartition.BlockSize;
        long always = (2L * (Blocks(columns.Dimension) - Blocks(columns.Count)) * sizeof(double)) + peers;
        if (setup.Scores && setup.Softmax)
            return "users x negatives + interactions + rows of the batch, 4 bytes each, of every other process";
        if (setup.Scores)
            return FormattableString.Invariant($"by the formula {(2L * batch * peers * sizeof(float)) + always:N0}");
        double rows = peers == 0 ? 0 : (received - always) / (double)((columns.Dimension - columns.Count) * sizeof(float));
        return FormattableString.Invariant($"by the formula those of {rows:N1} rows of a batch of {batch:N0}");
    }
}
