using System.Diagnostics;
using System.Globalization;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Internals;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Gives a reader damaged files and looks on: nothing but documented exceptions, no memory beyond a multiple of the input, no hang, no file
/// written or left open.
/// </summary>
internal sealed class FuzzRun(FuzzTarget target, int seed)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private readonly SeededRandom _random = new((ulong)seed);

    public int Inputs { get; private set; }

    public int Refused { get; private set; }

    /// <summary>The most bytes allocated per byte of input, beyond the fixed allowance.</summary>
    public double MostBytesPerByte { get; private set; }

    public TimeSpan Slowest { get; private set; }

    /// <exception cref="InvalidOperationException">
    /// An input brought about something that isn't documented; the message holds it in Base64.
    /// </exception>
    public FuzzRun Run(int inputs)
    {
        using var folder = new TempFolder();
        for (int times = 0; times < 2; times++)
            Measure(folder, -1, []); // The first call pays for static data.
        for (int n = 0; n < inputs; n++)
        {
            if (target.Generator is { } generator && _random.NextInt(2) == 0)
            {
                Measure(folder, generator.File, generator.Write(_random));
                continue;
            }

            int damaged = _random.NextInt(target.Files.Count);
            byte[] whole = target.Files[damaged].Bytes;
            Measure(folder, damaged, _random.NextInt(2) == 0 ? Mutation.Of(whole, _random) : Mutation.Wild(whole, _random));
        }

        return this;
    }

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture,
            $"{target.Name}: {Inputs} inputs, {Refused} refused, at most {MostBytesPerByte:F0} bytes allocated per byte, "
            + $"{Slowest.TotalMilliseconds:F0} ms at most");

    private void Measure(TempFolder folder, int damaged, byte[] bytes)
    {
        long size = 0;
        for (int f = 0; f < target.Files.Count; f++)
        {
            byte[] content = f == damaged ? bytes : target.Files[f].Bytes;
            folder.With(target.Files[f].File, content);
            size += content.Length;
        }

        Exception? outcome = null;
        long allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        try
        {
            target.Read(folder);
        }
        catch (Exception exception)
        {
            outcome = exception;
        }

        TimeSpan time = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (damaged < 0)
            Require(outcome is null, $"the sound files are refused: {outcome}");
        string input = damaged < 0 ? "the sound files" : $"{target.Files[damaged].File}, Base64 {Convert.ToBase64String(bytes)}";
        Require(outcome is null || target.Documented.Contains(outcome.GetType()), $"{outcome} came from {input}");
        Require(outcome is null || outcome.Message.Length is > 0 and < 4000,
            $"a message of {outcome?.Message.Length} characters came from {input}");
        Require(outcome is null || !outcome.Message.Any(c => (char.IsControl(c) && c != '\n') || c == '\u202E'),
            $"a message with raw characters came from {input}");
        Require(time < Longest, $"{time} for {input}");
        double perByte = Math.Max(0, allocated - target.FixedBytes) / (double)Math.Max(1, size);
        Require(perByte <= target.BytesPerByte, $"{allocated} bytes were allocated for {size} bytes in {input}");
        string[] files = [.. target.Files.Select(f => f.File).Order(StringComparer.Ordinal)];
        Require(folder.Files().SequenceEqual(files),
            $"there are other files than before: {string.Join(", ", folder.Files())}, after {input}");

        Inputs += damaged < 0 ? 0 : 1;
        Refused += outcome is null ? 0 : 1;
        MostBytesPerByte = Math.Max(MostBytesPerByte, perByte);
        Slowest = time > Slowest ? time : Slowest;
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"{target.Name}: {otherwise}");
    }
}
