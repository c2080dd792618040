namespace DRepMRec.Tests.Support;

/// <summary>
/// Collects garbage without pause on a thread of its own until it is disposed: what nothing holds on to is freed at the worst moment.
/// </summary>
internal sealed class CollectionStorm : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _stop;

    public CollectionStorm()
    {
        _thread = new Thread(() =>
        {
            while (!_stop)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        _thread.Start();
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }
}
