using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Benchmarks;

/// <summary>One line of the tables, in milliseconds.</summary>
/// <param name="What">The name of the operation that was timed.</param>
/// <param name="Own">Ours.</param>
/// <param name="Plain">The plain way, in the same run, if there is one.</param>
/// <param name="Bound">The time that the bytes or the arithmetic alone take, if that is known.</param>
/// <param name="PeakMegabytes">The most memory that the process had until then.</param>
internal sealed record Line(string What, Timing Own, Timing? Plain, double? Bound, double PeakMegabytes)
{
    /// <summary>Of the medians.</summary>
    public double? Ratio => Plain?.Median / Own.Median;

    /// <summary>Of the fastest repetitions: what a machine that does nothing else comes nearest to.</summary>
    public double? RatioOfFastest => Plain?.Fastest / Own.Fastest;

    /// <summary>Of the processor times' medians.</summary>
    public double? RatioOfProcessor => Plain?.MedianProcessor / Own.MedianProcessor;

    /// <summary>Of the fastest repetition, as the bound is measured by the fastest copy or product.</summary>
    public double? ShareOfBound => Bound / Own.Fastest;
}

/// <summary>Prints lines as they come and keeps them for the file.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly Arguments _options;
    private readonly List<Line> _lines = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, object> _tables = [];

    public Report(Arguments options)
    {
        _options = options;
        Note(Machine.Describe(options.Threads));
        Console.WriteLine($"{"",-56} {"median ms",10} {"fastest",9} {"cpu",9} {"plain ms",9} {"fastest",9} {"cpu",9} {"ratio",6} "
            + $"{"fastest",7} {"cpu",6} {"bound ms",8} {"share",6} {"peak MB",7}");
    }

    public void Add(string what, Timing own, Timing? plain = null, double? boundMilliseconds = null)
    {
        var line = new Line(what, own, plain, boundMilliseconds, PeakMegabytes());
        _lines.Add(line);
        string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
        Console.WriteLine($"{what,-56} {Text(own.Median, "F3"),10} {Text(own.Fastest, "F3"),9} {Text(own.MedianProcessor, "F2"),9} "
            + $"{Text(plain?.Median, "F2"),9} {Text(plain?.Fastest, "F2"),9} {Text(plain?.MedianProcessor, "F2"),9} "
            + $"{Text(line.Ratio, "F1"),6} {Text(line.RatioOfFastest, "F1"),7} {Text(line.RatioOfProcessor, "F1"),6} "
            + $"{Text(line.Bound, "F3"),8} {Text(line.ShareOfBound, "P0"),6} {Text(line.PeakMegabytes, "F0"),7}");
    }

    public void Note(string text)
    {
        _notes.Add(text);
        Console.WriteLine(text);
    }

    /// <summary>Keeps a table that a suite prints by itself for the file.</summary>
    public void Keep(string name, object table) => _tables[name] = table;

    public void Save()
    {
        if (_options.Json is not null)
        {
            var content = new { _options.Suite, _options.Data, _options.Threads, Notes = _notes, Lines = _lines, Tables = _tables };
            File.WriteAllText(_options.Json, JsonSerializer.Serialize(content, Json));
        }
    }

    private static double PeakMegabytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e6;
    }
}
