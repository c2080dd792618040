using System.Globalization;
using System.Text.RegularExpressions;

namespace Benchmarks;

/// <summary>
/// The timings in another toolbox's log: lines that have <c>epoch 3 training [time: 1.05s, …]</c> or
/// <c>epoch 3 evaluating [time: 0.93s, …]</c> somewhere, as MMRec and RecBole write them. All other lines are passed over.
/// </summary>
/// <param name="Training">Seconds of each epoch's training.</param>
/// <param name="Evaluation">Seconds of each evaluation; empty where there was none.</param>
internal sealed partial record ToolboxLog(IReadOnlyList<double> Training, IReadOnlyList<double> Evaluation)
{
    /// <summary>Reads a log.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="FormatException">It has no epoch, an epoch comes again, or a time isn't above 0.</exception>
    public static ToolboxLog Parse(IEnumerable<string> lines, string name)
    {
        Dictionary<string, (int Epoch, List<double> Seconds)> parts = new()
        {
            ["training"] = (int.MinValue, []),
            ["evaluating"] = (int.MinValue, []),
        };
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (Timed().Match(line) is not { Success: true } match)
                continue;
            string part = match.Groups["part"].Value;
            int epoch = int.Parse(match.Groups["epoch"].Value, CultureInfo.InvariantCulture);
            string text = match.Groups["seconds"].Value;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds <= 0)
                throw new FormatException($"{name}, line {number}: expected seconds above 0 for {part}, got '{text}'.");
            var (last, all) = parts[part];
            if (epoch <= last)
            {
                throw new FormatException($"{name}, line {number}: epoch {epoch} of {part} comes after epoch {last}. "
                    + "Expected the log of one run; cut it where the second begins.");
            }

            all.Add(seconds);
            parts[part] = (epoch, all);
        }

        if (parts["training"].Seconds.Count == 0)
        {
            throw new FormatException($"{name}: expected lines like 'epoch 3 training [time: 1.05s, train loss: 21.3]', found none in "
                + $"{number} lines.");
        }

        return new ToolboxLog(parts["training"].Seconds, parts["evaluating"].Seconds);
    }

    [GeneratedRegex(@"\bepoch\s+(?<epoch>\d{1,9})\s+(?<part>training|evaluating)\s+\[time:\s*(?<seconds>[^\s,\]]*?)s\s*[,\]]")]
    private static partial Regex Timed();
}
