using System.CommandLine;
using System.Runtime.InteropServices;

namespace Common;

/// <summary>How command lines are run.</summary>
internal static class Commands
{
    /// <summary>
    /// Runs a command line. The first Ctrl+C or SIGTERM cancels, so that what is going on comes to a good end; the second one ends the
    /// program at once, as the system does.
    /// </summary>
    public static int Invoke(RootCommand root, string[] args)
    {
        // Not disposed of: a signal may come as late as it likes.
        var source = new CancellationTokenSource();
        void Cancel(PosixSignalContext context)
        {
            if (source.IsCancellationRequested)
                return;
            context.Cancel = true;
            source.Cancel();
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        var ownSignals = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return root.Parse(args).InvokeAsync(ownSignals, source.Token).GetAwaiter().GetResult();
    }
}
