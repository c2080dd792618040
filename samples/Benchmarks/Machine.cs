using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DRepMRec;
using DRepMRec.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>What the machine can do: the bounds that kernels are held against.</summary>
internal static class Machine
{
    private static readonly Dictionary<int, double> CopyRates = [];
    private static double? _productRate;

    public static string Describe(int threads)
    {
        TorchBackend.EnsureLoaded();
        set_num_threads(1);
        string load = File.Exists("/proc/loadavg") ? $", load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "";
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} processors, {bits}-bit vectors, .NET {Environment.Version}, "
            + $"{RuntimeInformation.OSDescription}{load}; {threads} thread(s); one thread copies 4 MB at {CopyRate(4 << 20) / 1e9:F0} GB/s "
            + $"and 256 MB at {CopyRate(256 << 20) / 1e9:F0} GB/s (read + written), multiplies at {ProductRate / 1e9:F0} GFLOP/s");
    }

    /// <summary>
    /// Bytes read and written per second by one thread that copies a block of this many bytes: the fastest of many copies.
    /// </summary>
    public static double CopyRate(int bytes)
    {
        if (CopyRates.TryGetValue(bytes, out double known))
            return known;
        byte[] from = GC.AllocateArray<byte>(bytes, pinned: true), to = GC.AllocateArray<byte>(bytes, pinned: true);
        Timing copy = Timing.Interleaved(bytes > 1 << 26 ? 10 : 300, () => from.AsSpan().CopyTo(to))[0];
        return CopyRates[bytes] = 2.0 * bytes / copy.Fastest * 1000;
    }

    /// <summary>Floating-point operations per second of one thread: the faster of libtorch's product and ours.</summary>
    public static double ProductRate => _productRate ??= MeasureProduct();

    private static double MeasureProduct()
    {
        const int Side = 768;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor a = randn(Side, Side);
        float[] rows = new float[Side * Side], scores = new float[Side * Side];
        a.data<float>().CopyTo(rows);
        var scorer = new EmbeddingScorer(rows, rows, Side);
        int[] users = [.. Enumerable.Range(0, Side)];
        Timing[] times = Timing.Interleaved(10, () => matmul(a, a).Dispose(), () => scorer.Score(users, scores));
        return 2.0 * Side * Side * Side / times.Min(t => t.Fastest) * 1000;
    }
}
