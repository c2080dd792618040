using System.Runtime.ExceptionServices;

namespace DRepMRec.Internals;

/// <summary>What the body of a parallel loop throws is what the caller gets, as from a loop on one thread.</summary>
internal static class ParallelErrors
{
    /// <summary>Runs a loop of <see cref="Parallel"/>.</summary>
    /// <param name="loop">Runs it.</param>
    public static void Unwrap(Action loop)
    {
        try
        {
            loop();
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
