using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Benchmarks;

/// <summary>One line of the tables.</summary>
/// <param name="What">What was timed.</param>
/// <param name="Milliseconds">The median.</param>
/// <param name="Fastest">The fastest repetition, in milliseconds: what the median would be on a machine that does nothing else.</param>
/// <param name="PlainMilliseconds">The median of the plain way, in the same run, if there is one.</param>
/// <param name="BoundMilliseconds">What the bytes or the arithmetic alone take, if that is known.</param>
/// <param name="PeakMegabytes">The most memory that the process had until then.</param>
internal sealed record Line(string What, double Milliseconds, double Fastest, double? PlainMilliseconds, double? BoundMilliseconds, double PeakMegabytes)
{
    public double? Ratio => PlainMilliseconds / Milliseconds;

    /// <summary>Of the fastest repetition, as the bound is measured by the fastest copy or product.</summary>
    public double? ShareOfBound => BoundMilliseconds / Fastest;
}

/// <summary>Prints lines as they come and keeps them for the file.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly Arguments _options;
    private readonly List<Line> _lines = [];
    private readonly List<string> _notes = [];

    public Report(Arguments options)
    {
        _options = options;
        Note(Machine.Describe(options.Threads));
        Console.WriteLine($"{"",-58} {"median ms",11} {"fastest",10} {"plain ms",10} {"ratio",7} {"bound ms",9} {"share",6} {"peak MB",8}");
    }

    public void Add(string what, Timing own, Timing? plain = null, double? boundMilliseconds = null)
    {
        var line = new Line(what, own.Median, own.Fastest, plain?.Median, boundMilliseconds, PeakMegabytes());
        _lines.Add(line);
        string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
        Console.WriteLine($"{what,-58} {Text(line.Milliseconds, "F3"),11} {Text(line.Fastest, "F3"),10} {Text(line.PlainMilliseconds, "F2"),10} {Text(line.Ratio, "F1"),7} "
            + $"{Text(line.BoundMilliseconds, "F3"),9} {Text(line.ShareOfBound, "P0"),6} {Text(line.PeakMegabytes, "F0"),8}");
    }

    public void Note(string text)
    {
        _notes.Add(text);
        Console.WriteLine(text);
    }

    public void Save()
    {
        if (_options.Json is not null)
            File.WriteAllText(_options.Json, JsonSerializer.Serialize(new { _options.Suite, _options.Data, _options.Threads, Notes = _notes, Lines = _lines }, Json));
    }

    private static double PeakMegabytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e6;
    }
}
