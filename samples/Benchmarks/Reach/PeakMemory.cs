using System.Diagnostics;

namespace Benchmarks;

/// <summary>The most memory that the process had since it was asked to forget; where the system can't forget, since its start.</summary>
internal static class PeakMemory
{
    private const string Forget = "/proc/self/clear_refs";

    public static void Reset()
    {
        GC.Collect();
        try
        {
            if (File.Exists(Forget))
                File.WriteAllText(Forget, "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.WriteLine("The system doesn't let peaks of memory be forgotten: each is the one since the start.");
        }
    }

    public static double Megabytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e6;
    }
}
