using System.Runtime.ExceptionServices;

namespace DRepMRec.Collectives;

/// <summary>
/// Long work that each process does by itself while all stay in touch: whoever is asked to stop, or fails, stops all of them within it, and
/// nobody who is done sooner takes the others for lost.
/// </summary>
internal static class JointWork
{
    private const int MillisecondsBetween = 50;

    /// <summary>What a process says of its work.</summary>
    internal enum State : byte
    {
        Working,
        Asked, // To stop, and still working.
        Done,
        Cancelled,
        Failed,
    }

    /// <summary>Does the work on a thread beside the calling one, which exchanges with the others until all are through.</summary>
    /// <param name="collective">The processes; <see langword="null"/> for this one alone, which then works on the calling thread.</param>
    /// <param name="what">What is done, for the message on the others.</param>
    /// <param name="action">Exchanges nothing, leaves libtorch alone, and stops when its token says so.</param>
    /// <param name="cancellationToken">Asks all processes to stop.</param>
    /// <param name="start">Starts a thread; <see langword="null"/> for one of its own. Tests have others, which fail.</param>
    /// <exception cref="OperationCanceledException">A process was asked to stop.</exception>
    /// <exception cref="CollectiveException">It failed on another process. Where it failed, its own error is thrown.</exception>
    public static void Together(
        this ICollective? collective, string what, Action<CancellationToken> action, CancellationToken cancellationToken,
        Func<Action, Task>? start = null)
    {
        if (collective is null or { Size: 1 })
        {
            action(cancellationToken);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? own = null;
        bool hasFailed = false;
        void End(Exception exception)
        {
            // A cancellation that nobody has asked for, such as by a time-out within the work, is a failure as any other.
            hasFailed = exception is not OperationCanceledException || !stop.IsCancellationRequested;
            own = exception;
        }

        void Work()
        {
            try
            {
                action(stop.Token);
            }
            catch (Exception exception)
            {
                End(exception);
            }
        }

        Task work = Task.CompletedTask;
        try
        {
            work = (start ?? StartThread)(Work);
        }
        catch (Exception exception)
        {
            End(exception); // There is no thread: the others wait for this process.
        }

        State Now()
        {
            bool isAsked = cancellationToken.IsCancellationRequested;
            return !work.IsCompleted ? (isAsked ? State.Asked : State.Working)
                : hasFailed ? State.Failed
                : isAsked || own is not null ? State.Cancelled // Also where its own work is done: the others stop within theirs.
                : State.Done;
        }

        try
        {
            int asked = -1;
            State[] states;
            do
            {
                work.Wait(MillisecondsBetween, CancellationToken.None);
                states = collective.AllGather(Now());
                if (asked < 0)
                    asked = Array.FindIndex(states, state => state is State.Asked or State.Cancelled);
                if (states.Any(state => state is State.Asked or State.Cancelled or State.Failed))
                    stop.Cancel();
            }
            while (states.Any(state => state is State.Working or State.Asked));

            ThrowIfFailed(collective, what, states, own);
            if (states.Contains(State.Cancelled))
            {
                throw cancellationToken.IsCancellationRequested
                    ? new OperationCanceledException(cancellationToken)
                    : new OperationCanceledException($"Process {asked} of {collective.Size} was asked to stop.");
            }
        }
        finally
        {
            // Where an exchange failed, the work is still under way.
            stop.Cancel();
            work.Wait(CancellationToken.None);
        }
    }

    private static Task StartThread(Action work)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends all processes where something failed on one: there with its own error, on the others with its text.</summary>
    internal static void ThrowIfFailed(ICollective collective, string what, State[] states, Exception? own)
    {
        int failed = Array.IndexOf(states, State.Failed);
        if (failed < 0)
            return;
        string text = collective.BroadcastText(failed == collective.Rank ? CollectiveExtensions.Describe(own!) : null, failed);
        if (states[collective.Rank] == State.Failed)
            ExceptionDispatchInfo.Throw(own!);
        throw new CollectiveException(CollectiveFailure.PeerFailed, $"Process {failed} of {collective.Size} failed {what}: {text}");
    }
}
