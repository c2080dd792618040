using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DRepMRec.Tests.Mutants;

/// <summary>
/// The mistakes that Stryker planted, tried one after the other by the tests of an area without a process for each: many in one process,
/// a new one after a crash, a hang, or a mistake that spoiled what later tests see. What is computed once in a process could hide a
/// mistake: one that a single test comes by, and that seems to survive, is tried again in a process of its own, by all tests of the area.
/// </summary>
internal sealed class MutationRun(string part, string area, string report, string folder)
{
    private static readonly TimeSpan MaxProcessorTime = TimeSpan.FromSeconds(20), MaxTime = TimeSpan.FromMinutes(4);

    private readonly Dictionary<int, string> _results = [];

    private string CoverageFile => Path.Combine(folder, "coverage.json");

    /// <summary>Runs, and writes the mistakes that no test found to survivors.txt in the folder; results.txt has each as it ends.</summary>
    public int Run(Action<string> tell)
    {
        Directory.CreateDirectory(folder);
        IReadOnlyList<Mutant> mutants = Mutant.Read(report, part);
        Start(["mutant-coverage", "--area", area, "--to", CoverageFile], tell);
        Dictionary<int, int> covered = JsonSerializer.Deserialize<MutantProcess.Coverage[]>(File.ReadAllBytes(CoverageFile))!
            .SelectMany(t => t.Mutants).CountBy(id => id).ToDictionary();
        Queue<int> open = new(mutants.Select(m => m.Id).Where(covered.ContainsKey));
        while (open.Count > 0)
            Try(open, tell);
        foreach (int seeming in _results.Where(r => r.Value == "survived" && covered[r.Key] == 1).Select(r => r.Key).ToList())
            Try(new Queue<int>([seeming]), tell);
        string[] survivors =
        [
            .. mutants.Where(m => !_results.TryGetValue(m.Id, out string? result) || result == "survived")
                .Select(m => $"{(covered.ContainsKey(m.Id) ? "survived" : "no test comes by")} {m}"),
        ];
        File.WriteAllLines(Path.Combine(folder, "survivors.txt"), survivors);
        foreach (string survivor in survivors)
            tell(survivor);
        int killed = mutants.Count - survivors.Length;
        tell($"{mutants.Count} mutants, {killed} killed, {survivors.Length} survived, "
            + (100.0 * killed / mutants.Count).ToString("F1", CultureInfo.InvariantCulture) + " %");
        return 0;
    }

    private void Try(Queue<int> open, Action<string> tell)
    {
        int first = open.Peek();
        bool began = false;
        string? last = null;
        Start(["mutant-try", "--area", area, "--coverage", CoverageFile, "--mutants", string.Join(',', open)], line =>
        {
            if (!line.StartsWith('@'))
                return;
            string[] parts = line[1..].Split(' ', 3);
            last = parts[1];
            began |= last == "begins";
            if (last is "begins" or "spoiled")
                return;
            Note(open.Dequeue(), string.Join(' ', parts[1..]));
            if (_results.Count % 50 == 0)
                tell($"{_results.Count} tried, {open.Count} open");
        });
        if (!began)
            throw new InvalidOperationException($"The process ended before it tried mistake {first}.");
        if (last == "begins")
            Note(open.Dequeue(), "killed by ending the process");
        else if (last == "spoiled" && open.Peek() == first)
            Note(open.Dequeue(), "killed, and spoiled what tests see after it");
    }

    private void Note(int mutant, string result)
    {
        _results[mutant] = result;
        File.AppendAllLines(Path.Combine(folder, "results.txt"), [$"{mutant} {result}"]);
    }

    /// <summary>Runs a command of this program, and ends it when too long passes from one line of a try to the next.</summary>
    private static void Start(string[] arguments, Action<string> line)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MutationRun).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredCompilation"] = "1", ["DOTNET_GCHeapHardLimit"] = "0x100000000" },
        };
        using Process process = Process.Start(start)!;
        int lines = 0, seen = 0;
        Task read = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } text)
            {
                line(text);
                Interlocked.Increment(ref lines);
            }
        });
        var clock = Stopwatch.StartNew();
        TimeSpan used = TimeSpan.Zero;
        while (!read.Wait(500))
        {
            if (arguments[0] != "mutant-try" || process.HasExited)
                continue;
            if (seen != Volatile.Read(ref lines))
            {
                seen = Volatile.Read(ref lines);
                used = process.TotalProcessorTime;
                clock.Restart();
            }
            else if (process.TotalProcessorTime - used > MaxProcessorTime || clock.Elapsed > MaxTime)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.WaitForExit();
    }
}
