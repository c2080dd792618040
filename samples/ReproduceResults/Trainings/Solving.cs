using System.Diagnostics;

namespace ReproduceResults.Trainings;

/// <summary>What isn't trained is made one after the other: an exact solve takes 16 n² bytes, and all processors.</summary>
internal static class Solving
{
    private static readonly SemaphoreSlim Gate = new(1);

    /// <summary>Makes something once nothing else is being made.</summary>
    /// <returns>What was made, and the seconds that it took, without those of waiting.</returns>
    /// <exception cref="OperationCanceledException">The token asked to stop, while waiting or within.</exception>
    public static (T Made, double Seconds) Run<T>(Func<CancellationToken, T> make, CancellationToken cancellation)
    {
        Gate.Wait(cancellation);
        try
        {
            var clock = Stopwatch.StartNew();
            T made = make(cancellation);
            return (made, clock.Elapsed.TotalSeconds);
        }
        finally
        {
            Gate.Release();
        }
    }
}
