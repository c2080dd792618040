namespace DRepMRec.Tests.Support;

/// <summary>Work that goes on until a test ends, on threads of its own: what else waits for a thread of the pool gets one.</summary>
internal static class OwnThread
{
    public static Task<T> Run<T>(Func<T> work)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
