using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DRepMRec.Tests.Mutants;

/// <summary>
/// The mistakes that Stryker planted, tried one after the other by the tests of an area without a process for each: many in one process,
/// a new one after a crash, a hang, or a mistake that spoiled what later tests see. What is computed once in a process could hide a mistake:
/// one that a single test comes by, and that seems to survive, is tried again in a process of its own.
/// </summary>
internal sealed class MutationRun(string part, string area, string report, string folder)
{
    private static readonly TimeSpan MaxProcessorTime = TimeSpan.FromSeconds(20), MaxTime = TimeSpan.FromMinutes(4);

    private readonly Dictionary<int, string> results = [];

    private string CoverageFile => Path.Combine(folder, "coverage.json");

    /// <summary>Runs, and writes the mistakes that no test found to survivors.txt in the folder.</summary>
    public int Run(Action<string> tell)
    {
        Directory.CreateDirectory(folder);
        IReadOnlyList<Mutant> mutants = Mutant.Read(report, part);
        Start(["mutant-coverage", "--area", area, "--to", CoverageFile], tell);
        Dictionary<int, int> covered = JsonSerializer.Deserialize<MutantProcess.Coverage[]>(File.ReadAllBytes(CoverageFile))!
            .SelectMany(t => t.Mutants).CountBy(id => id).ToDictionary();
        Queue<int> open = new(mutants.Select(m => m.Id).Where(covered.ContainsKey));
        while (open.Count > 0)
        {
            int before = open.Count;
            Try(open, tell);
            if (open.Count == before)
                results[open.Dequeue()] = "killed by ending the process";
        }

        foreach (int seeming in results.Where(r => r.Value == "survived" && covered[r.Key] == 1).Select(r => r.Key).ToList())
            Try(new Queue<int>([seeming]), tell);
        string[] survivors =
        [
            .. mutants.Where(m => !results.TryGetValue(m.Id, out string? result) || result == "survived")
                .Select(m => $"{(covered.ContainsKey(m.Id) ? "survived" : "no test comes by")} {m}"),
        ];
        File.WriteAllLines(Path.Combine(folder, "survivors.txt"), survivors);
        File.WriteAllLines(Path.Combine(folder, "results.txt"), results.OrderBy(r => r.Key).Select(r => $"{r.Key} {r.Value}"));
        foreach (string survivor in survivors)
            tell(survivor);
        int killed = mutants.Count - survivors.Length;
        tell($"{mutants.Count} mutants, {killed} killed, {survivors.Length} survived, "
            + (100.0 * killed / mutants.Count).ToString("F1", CultureInfo.InvariantCulture) + " %");
        return 0;
    }

    private void Try(Queue<int> open, Action<string> tell)
    {
        bool began = false, spoiled = false;
        Start(["mutant-try", "--area", area, "--coverage", CoverageFile, "--mutants", string.Join(',', open)], line =>
        {
            if (!line.StartsWith('@'))
                return;
            string[] parts = line[1..].Split(' ', 3);
            began = parts[1] == "begins";
            spoiled |= parts[1] == "spoiled";
            if (began || spoiled)
                return;
            results[open.Dequeue()] = string.Join(' ', parts[1..]);
            if (results.Count % 50 == 0)
                tell($"{results.Count} tried, {open.Count} open");
        });
        if (began)
            results[open.Dequeue()] = "killed by ending the process";
    }

    /// <summary>Runs a command of this program, and ends it when one line is too far from the next.</summary>
    private static void Start(string[] arguments, Action<string> line)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MutationRun).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredCompilation"] = "1", ["DOTNET_GCHeapHardLimit"] = "0x100000000" },
        };
        using Process process = Process.Start(start)!;
        var at = Stopwatch.StartNew();
        TimeSpan used = TimeSpan.Zero;
        bool limited = arguments[0] == "mutant-try";
        Task read = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } text)
            {
                line(text);
                at.Restart();
                Volatile.Write(ref limited, false);
            }
        });
        while (!read.Wait(500))
        {
            if (process.HasExited)
                continue;
            if (!Volatile.Read(ref limited))
            {
                used = process.TotalProcessorTime;
                Volatile.Write(ref limited, arguments[0] == "mutant-try");
            }
            else if (process.TotalProcessorTime - used > MaxProcessorTime || at.Elapsed > MaxTime)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.WaitForExit();
    }
}
