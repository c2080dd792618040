using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Training;

namespace Common;

/// <summary>What the samples' command lines have in common.</summary>
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
        catch (Exception e) when (e is DatasetFormatException or IOException or UnauthorizedAccessException or ArgumentException or TorchBackendException or TrainingDivergedException or CheckpointFormatException or CheckpointMismatchException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>Refuses a file in a folder that doesn't exist, before any work is done for it.</summary>
    public static Option<string?> InExistingFolder(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } path && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
                result.AddError($"{option.Name}: the folder of '{path}' doesn't exist.");
        });
        return option;
    }

    /// <summary>Refuses numbers below 1.</summary>
    public static Option<int> AboveZero(this Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number < 1)
                result.AddError($"{option.Name}: expected a number above 0.");
        });
        return option;
    }

    /// <summary>Whole numbers with commas, each one once.</summary>
    public static int[] ParseSeeds(ArgumentResult argument)
    {
        var seeds = new List<int>();
        foreach (string part in Parts(argument))
        {
            if (int.TryParse(part, CultureInfo.InvariantCulture, out int seed))
                seeds.Add(seed);
            else
                argument.AddError($"--seeds: expected whole numbers with commas, got '{part}'.");
        }

        return [.. seeds.Distinct()];
    }

    /// <summary>The parts of arguments that commas or spaces separate.</summary>
    public static string[] Parts(ArgumentResult argument)
        => [.. argument.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
