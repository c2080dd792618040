using System.Diagnostics;
using System.Runtime.InteropServices;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Kills processes that train, at random moments, until their trainings come to an end all the same, and compares that end with one that
/// was never stopped.
/// </summary>
/// <param name="seed">The seed of the moments.</param>
/// <param name="longestWait">The longest time in milliseconds that a process has, where that is enough for any progress.</param>
/// <param name="most">The most processes of a training that are ended before their time.</param>
internal sealed partial class KillRun(int seed, int longestWait, int most = int.MaxValue)
{
    private const int Epochs = 40, Signal = 15;
    private readonly SeededRandom _random = new((ulong)seed);
    private readonly Dictionary<string, string> _expected = [];

    /// <summary>Processes ended by SIGKILL.</summary>
    public int Kills { get; private set; }

    /// <summary>Processes ended by SIGTERM, which cancels.</summary>
    public int Terminations { get; private set; }

    /// <summary>Kills in the midst of writing a checkpoint.</summary>
    public int WhileWriting { get; private set; }

    /// <summary>Kills before the first checkpoint was there.</summary>
    public int BeforeTheFirst { get; private set; }

    /// <summary>Processes ended while a checkpoint was there, from which the next one went on.</summary>
    public int Resumptions { get; private set; }

    /// <summary>Trainings that came to their end, each with the right checksum.</summary>
    public int Ends { get; private set; }

    /// <summary>Trains a model in processes that end before their time, up to its end.</summary>
    /// <exception cref="InvalidOperationException">
    /// The end isn't that of a training that was never stopped, or a process failed by itself.
    /// </exception>
    public void Train(string model)
    {
        using var folder = new TempFolder();
        string checkpoint = folder["run.checkpoint"];
        if (!_expected.TryGetValue(model, out string? expected))
            _expected[model] = expected = TinyTraining.Run(model, null, Epochs);
        int longest = longestWait, resumptions = Resumptions;
        for (int ended = 0; ; ended++)
        {
            DateTime before = File.GetLastWriteTimeUtc(checkpoint);
            using Process process = Start(model, checkpoint);
            if (process.StandardOutput.ReadLine() != TinyTraining.Ready)
                throw new InvalidOperationException($"{model}: the process didn't begin: {process.StandardError.ReadToEnd()}");
            bool gentle = _random.NextInt(4) == 0;
            bool isLast = ended == most - 1 && Resumptions == resumptions;
            if (isLast) // However busy the machine is, one process goes on from another.
                SpinWait.SpinUntil(() => process.HasExited || File.Exists(checkpoint));
            if (!process.WaitForExit(ended < most ? isLast ? 0 : _random.NextInt(longest) : Timeout.Infinite))
            {
                End(process, gentle);
                Count(process, gentle, folder, checkpoint);
                Resumptions += File.Exists(checkpoint) ? 1 : 0;

                // On a busy machine no process might ever get as far as its first checkpoint.
                longest += File.GetLastWriteTimeUtc(checkpoint) > before ? 0 : longest / 4;
                continue;
            }

            string result = process.StandardOutput.ReadToEnd().Trim();
            if (process.ExitCode != 0 || result != expected)
            {
                throw new InvalidOperationException(
                    $"{model}: expected {expected}, got exit code {process.ExitCode} and '{result}'. {process.StandardError.ReadToEnd()}");
            }

            Ends++;
            return;
        }
    }

    public override string ToString()
        => $"{Kills} kills ({WhileWriting} in the midst of writing a checkpoint, {BeforeTheFirst} before the first one) and "
            + $"{Terminations} terminations; {Ends} trainings came to their end, each bit for bit that of one never stopped";

    private static void End(Process process, bool gentle)
    {
        if (gentle)
            _ = SendSignal(process.Id, Signal);
        else
            process.Kill();
        if (process.WaitForExit(TimeSpan.FromMinutes(2)))
            return;
        process.Kill();
        throw new InvalidOperationException("The process didn't end within two minutes of SIGTERM.");
    }

    private void Count(Process process, bool gentle, TempFolder folder, string checkpoint)
    {
        // It may have come to its end at that very moment, and no longer listen to SIGTERM; the next process then finds the end in the
        // checkpoint.
        if (process.ExitCode is not (0 or TinyTraining.Stopped or 128 + 9 or 128 + Signal))
            throw new InvalidOperationException($"The process ended with {process.ExitCode}: {process.StandardError.ReadToEnd()}");
        if (gentle)
        {
            Terminations += process.ExitCode == TinyTraining.Stopped ? 1 : 0;
            return;
        }

        Kills++;
        WhileWriting += folder.Files().Any(f => f.EndsWith(".tmp", StringComparison.Ordinal)) ? 1 : 0;
        BeforeTheFirst += File.Exists(checkpoint) ? 0 : 1;
    }

    /// <summary>Starts a training as a process of its own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="checkpoint">Its checkpoint.</param>
    /// <param name="largestFile">The most bytes that the process may write to a file, as if the disk were full; 0 for no limit.</param>
    public static Process Start(string model, string checkpoint, int largestFile = 0)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] arguments =
            [typeof(KillRun).Assembly.Location, "train", "--model", model, "--checkpoint", checkpoint, "--epochs", $"{Epochs}"];

        // With the signal ignored, a write beyond the limit is an error like that of a full disk.
        if (largestFile > 0)
            (host, arguments) = ("bash", ["-c", $"trap '' XFSZ; ulimit -f {largestFile / 1024}; exec \"$0\" \"$@\"", host, .. arguments]);
        var start = new ProcessStartInfo(host, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredCompilation"] = "1"; // It starts faster, and it's what applications have.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // It would need a large file of its own.
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
