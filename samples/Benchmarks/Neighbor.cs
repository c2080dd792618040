using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>Another process that keeps one core busy.</summary>
internal static class Neighbor
{
    /// <summary>Starts one; disposing the result ends it.</summary>
    public static IDisposable Start()
    {
        string[] spin = ["--spin", "600"];
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return new Running(
            Process.Start(new ProcessStartInfo(Environment.ProcessPath!, isHost ? [typeof(Neighbor).Assembly.Location, .. spin] : spin))!);
    }

    /// <summary>The work of a neighbouring process.</summary>
    public static int Spin(double seconds)
    {
        var clock = Stopwatch.StartNew();
        double sum = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            for (int i = 0; i < 1000; i++)
                sum += Math.Sqrt(i + sum);
        }

        return string.IsNullOrEmpty(sum.ToString(CultureInfo.InvariantCulture)) ? 1 : 0;
    }

    private sealed class Running(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
