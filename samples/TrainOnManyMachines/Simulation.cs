using System.Globalization;
using DRepMRec.Collectives;
using DRepMRec.Data;

namespace TrainOnManyMachines;

/// <summary>
/// What a step would take on many machines: what one of them computes is measured here, with its columns and no others; what the network
/// takes is added by a formula.
/// </summary>
internal static class Simulation
{
    private const double LatencyMilliseconds = 0.05;

    public static void Run(Setup setup, int threads, int steps)
    {
        RecDataset data = setup.Graph();
        Console.WriteLine(FormattableString.Invariant(
            $"{data.Train.Count:N0} interactions, D = {setup.Dimension}, {threads} threads a machine; each machine like this one"));
        Console.WriteLine($"Network: a ring, {LatencyMilliseconds} ms a hop, full bandwidth, nothing computed meanwhile");
        Console.WriteLine(
            "| machines | columns | computing, ms | MB received | step at 10 Gbit/s, ms | at 100 Gbit/s, ms | speed-up at 10 | at 100 |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        double alone = 0;
        for (int machines = 1; machines <= 64; machines *= 2)
        {
            int blocks = (setup.Dimension + ColumnPartition.BlockSize - 1) / ColumnPartition.BlockSize;
            if (machines > blocks)
            {
                Console.WriteLine($"| {machines} | needs {machines * ColumnPartition.BlockSize} columns | | | | | | |");
                continue;
            }

            using var echo = new MeasuredCollective(new EchoCollective(machines));
            double[] times = setup.Step(data, echo, threads, steps, echo.Reset);
            int columns = new ColumnPartition(echo, setup.Dimension).Count;
            double computing = times.Average(), bytes = echo.BytesReceived / (double)steps;
            double hops = (double)echo.Exchanges / steps * (machines - 1) * LatencyMilliseconds;
            double At(double gigabits) => computing + hops + (bytes * 8 / (gigabits * 1e9) * 1e3);
            alone = machines == 1 ? computing : alone;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {machines} | {columns} | {computing:F1} | {bytes / 1e6:F2} "
                + $"| {At(10):F1} | {At(100):F1} | {alone / At(10):F2} | {alone / At(100):F2} |"));
        }
    }
}

/// <summary>
/// The first of many machines whose others aren't there: it hears its own bytes from each of them, again and again where they have more
/// columns. It computes what it would compute.
/// </summary>
internal sealed class EchoCollective(int size) : ICollective
{
    public int Rank => 0;

    public int Size => size;

    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        int start = 0;
        foreach (int length in lengths)
        {
            Span<byte> part = all.Slice(start, length);
            if (own.IsEmpty)
                part.Clear();
            for (int at = 0; at < length && !own.IsEmpty; at += own.Length)
                own[..Math.Min(own.Length, length - at)].CopyTo(part[at..]);
            start += length;
        }
    }

    public void Broadcast(Span<byte> data, int root)
    {
    }

    public void Barrier()
    {
    }

    public void Dispose()
    {
    }
}
