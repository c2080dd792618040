namespace DRepMRec.Tests.Support;

/// <summary>
/// Collects garbage without pause on a thread of its own until it is disposed: what nothing holds on to is freed at the worst moment.
/// What is young is collected most often, as the heap that the tests before have left takes long to go through.
/// </summary>
internal sealed class CollectionStorm : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _stop;

    public CollectionStorm()
    {
        _thread = new Thread(() =>
        {
            for (int n = 0; !_stop; n++)
            {
                GC.Collect(n % 8 == 0 ? GC.MaxGeneration : n % 2);
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
