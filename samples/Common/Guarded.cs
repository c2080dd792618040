using DRepMRec;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace Common;

/// <summary>Runs a sample's program, and turns expected errors into a line of text.</summary>
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
        catch (Exception e) when (IsExpected(e) && Report(e))
        {
            return 1;
        }
    }

    /// <summary>Says what failed, before anything is disposed: to leave MPI is to wait for the other processes.</summary>
    private static bool Report(Exception e)
    {
        Console.Error.WriteLine(e.Message);
        return true;
    }

    private static bool IsExpected(Exception e)
        => e is DatasetFormatException or ModelFileException or CheckpointFormatException or CheckpointMismatchException
            or IOException or UnauthorizedAccessException or ArgumentException or TorchBackendException
            or OptionsFormatException or TrainingDivergedException or NotFiniteNumberException or CollectiveException;
}
