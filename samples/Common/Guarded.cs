using System.CommandLine;
using System.Runtime.InteropServices;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace Common;

/// <summary>What every sample's program is run by.</summary>
internal static class Guarded
{
    /// <summary>Runs a program: errors in data, files or options become one line and exit code 1, Ctrl+C exit code 130.</summary>
    public static int Run(Action program)
    {
        try
        {
            program();
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped.");
            return 130;
        }
        catch (Exception e) when (IsExpected(e))
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

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
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null },
            source.Token).GetAwaiter().GetResult();
    }

    private static bool IsExpected(Exception e)
        => e is DatasetFormatException or ModelFileException or CheckpointFormatException or CheckpointMismatchException
            or IOException or UnauthorizedAccessException or ArgumentException or TorchBackendException
            or TrainingDivergedException or NotFiniteNumberException;
}
