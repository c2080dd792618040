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
        Console.WriteLine(FormattableString.Invariant($"""
            {data.Train.Count:N0} interactions, {rows:N0} users and items, D = {setup.Dimension}, {collective.Size} processes of {threads} threads
            step                 {times.Average():F1} ms ({times.Min():F1} to {times.Max():F1} of {steps})
            of it in exchanges   {exchanging:F1} ms, waiting for others among it
            received             {received:N0} bytes a step, {Formula.RowsFor(received, columns, collective.Size):N0} rows by the formula
            embeddings, moments, gradients   {4.0 * rows * columns.Count * sizeof(float) / 1e9:F3} GB a process by the formula
            memory at its peak   {string.Join(", ", memory.Select(m => FormattableString.Invariant($"{m:F2}")))} GB by rank
            """));
    }
}

/// <summary>The bytes that a process gets in a step (docs/scale.md).</summary>
internal static class Formula
{
    /// <summary>What doesn't depend on the batch: the values of L2, and whether somebody asks to stop.</summary>
    public static long Fixed(ColumnPartition columns, int size)
    {
        int own = columns.Count / ColumnPartition.BlockSize, all = (columns.Dimension + ColumnPartition.BlockSize - 1) / ColumnPartition.BlockSize;
        return (2L * (all - own) * sizeof(double)) + size - 1;
    }

    /// <summary>The bytes for a batch with a number of distinct users and items.</summary>
    public static long Of(long rows, ColumnPartition columns, int size)
        => (rows * (columns.Dimension - columns.Count) * sizeof(float)) + Fixed(columns, size);

    /// <summary>The mean number of distinct users and items of batches that took so many bytes.</summary>
    public static double RowsFor(long bytes, ColumnPartition columns, int size)
        => size == 1 ? 0 : (bytes - Fixed(columns, size)) / (double)((columns.Dimension - columns.Count) * sizeof(float));
}
