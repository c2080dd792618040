using System.Runtime.ExceptionServices;

namespace Common;

/// <summary>Trainings that run several at once, each on a thread of its own.</summary>
internal static class Jobs
{
    /// <summary>Takes one item after the other until all are done; the first failure ends all and is thrown.</summary>
    /// <param name="items">The trainings to make, in this order.</param>
    /// <param name="jobs">How many trainings run at once.</param>
    /// <param name="work">Makes one training, and returns a line to show.</param>
    public static void Run<T>(IReadOnlyList<T> items, int jobs, Func<T, string> work)
    {
        int next = -1, done = 0;
        Exception? failure = null;
        void Work()
        {
            try
            {
                while (Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is var n && n < items.Count)
                {
                    string line = work(items[n]);
                    Console.WriteLine($"[{Interlocked.Increment(ref done)}/{items.Count}] {line}");
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Min(jobs, items.Count)).Select(_ => new Thread(Work))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
