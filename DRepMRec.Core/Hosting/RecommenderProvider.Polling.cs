using DRepMRec.Internals;

namespace DRepMRec.Hosting;

internal sealed partial class RecommenderProvider
{
    private void Start(bool look = true)
    {
        lock (_looking)
        {
            if (_started)
                return;
            _started = true;
            try
            {
                if (look)
                    Look();
            }
            finally
            {
                // The file is followed from now on, whatever a logger or a listener threw at the first look.
                _polls = true;
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(PollAsync);
            }
        }
    }

    private void StartAndLook()
    {
        Start();
        if (Volatile.Read(ref _current) is null && _failure is null)
            Look(); // A reload that began was cancelled before it looked.
    }

    private async Task PollAsync()
    {
        try
        {
            while (true)
            {
                TimeSpan wait = LoadFailure.Wait(_failure, _pollInterval, _time.GetUtcNow());
                await _wake.WaitAsync(wait, _stopping.Token).ConfigureAwait(false);
                LookOrGoOn();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The application ends.
        }
    }

    /// <summary>What a logger or a listener throws is no reason not to look again.</summary>
    private void LookOrGoOn()
    {
        try
        {
            Look();
        }
        catch (Exception e)
        {
            lock (_looking)
                Report(Status with { LastError = Shown.Message(e.Message), FailedAt = _time.GetUtcNow() });
        }
    }

    private void Wake(string? name)
    {
        if (name != _optionsName)
            return;
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It's awake already.
        }
    }
}
