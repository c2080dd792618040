using DRepMRec.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks.PlainLibtorch;

/// <summary>
/// Full ranking the plain way: the whole score matrix of a block of users, masked, and topk over it; hits are then looked up.
/// </summary>
internal static class PlainRanking
{
    public static double Recall(Tensor users, Tensor items, RecDataset data, int k)
    {
        using IDisposable noGradient = no_grad();
        int[] evaluated = [.. Enumerable.Range(0, data.Users.Count).Where(u => data.Test.ItemsOf(u).Length > 0)];
        double sum = 0;
        foreach (int[] block in evaluated.Chunk(4096))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor scores = matmul(users.index_select(0, tensor(block)), items.t());
            long[] rows = [.. block.SelectMany((u, n) => Enumerable.Repeat((long)n, data.Train.ItemsOf(u).Length))];
            long[] columns = [.. block.SelectMany(u => data.Train.ItemsOf(u).ToArray().Select(i => (long)i))];
            scores.index_put_(tensor(float.NegativeInfinity), tensor(rows), tensor(columns));
            long[] best = [.. scores.topk(k, 1).indexes.data<long>()];
            for (int n = 0; n < block.Length; n++)
            {
                ReadOnlySpan<int> positives = data.Test.ItemsOf(block[n]);
                int hits = 0;
                for (int r = 0; r < k; r++)
                    hits += positives.BinarySearch((int)best[(n * k) + r]) >= 0 ? 1 : 0;
                sum += hits / (double)positives.Length;
            }
        }

        return sum / evaluated.Length;
    }

    /// <summary>Each row's nearest rows by the dense similarity matrix.</summary>
    public static void Neighbors(Tensor rows, int k)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor unit = nn.functional.normalize(rows, 2, 1);
        _ = matmul(unit, unit.t()).topk(k, 1);
    }
}
