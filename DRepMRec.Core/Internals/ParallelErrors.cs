using System.Runtime.ExceptionServices;

namespace DRepMRec.Internals;

/// <summary>What the body of a parallel loop throws is what the caller gets, as from a loop on one thread.</summary>
internal static class ParallelErrors
{
    /// <summary>Runs a loop of <see cref="Parallel"/>.</summary>
    /// <param name="loop">Runs it.</param>
    /// <param name="choose">Which of the errors comes out; <see langword="null"/> for the first.</param>
    public static void Unwrap(Action loop, Func<IReadOnlyList<Exception>, Exception>? choose = null)
    {
        try
        {
            loop();
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(choose?.Invoke(e.InnerExceptions) ?? e.InnerExceptions[0]);
        }
    }
}
