using DRepMRec;
using DRepMRec.Data;
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
        catch (Exception e) when (e is DatasetFormatException or IOException or UnauthorizedAccessException or ArgumentException or TorchBackendException or TrainingDivergedException or CheckpointFormatException or CheckpointMismatchException or NotFiniteNumberException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
