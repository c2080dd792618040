using System.Diagnostics;

namespace DRepMRec.Tests.Support;

/// <summary>A command of this assembly's program in a process of its own.</summary>
internal static class OwnProcess
{
    /// <summary>Runs it to its end, which has to be a good one.</summary>
    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="arguments">The command and what it takes.</param>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(OwnProcess).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        (process.ExitCode, await errors).Should().Be((0, ""));
        return output.ReplaceLineEndings("\n");
    }
}
