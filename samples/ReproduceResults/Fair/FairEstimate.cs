using System.Globalization;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>How long the fair comparison takes, by the seconds that a log has of trainings of the same models.</summary>
internal sealed class FairEstimate(IReadOnlyList<PlannedTrainings> plan, IReadOnlyCollection<Training> log)
{
    private readonly ILookup<(string Dataset, string Title), double> _seconds = log.Where(t => t.Seconds > 0)
        .ToLookup(t => (t.Dataset.Name, t.Title), t => t.Seconds);

    public void Show(FairOptions options)
    {
        foreach (var stage in plan.GroupBy(p => (p.Dataset, p.Stage)))
        {
            int unknown = stage.Where(p => Seconds(p) is null).Sum(p => p.Count);
            string rest = unknown == 0 ? "" : $", and {unknown} trainings of models that the log has no seconds of";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{stage.Key.Dataset}, {stage.Key.Stage}: {stage.Sum(p => p.Count)} trainings, {stage.Sum(Total) / 3600:F1} h{rest}"));
        }

        Console.WriteLine("Those that the log has already are counted too.");
        double search = plan.Where(p => p.Stage == "search").Sum(Total), others = plan.Sum(Total) - search;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"All: {plan.Sum(p => p.Count)} trainings, {(search + others) / 3600:F1} h of one thread, "
            + $"{(search + others) / 3600 / options.Jobs:F1} h with {options.Jobs} at a time."));
        double room = (options.Hours * 3600 * options.Jobs) - others;
        if (search > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{options.Hours} h with {options.Jobs} at a time have room for {Math.Max(0, room / search):F2} times these trials."));
        }
    }

    private double Total(PlannedTrainings planned) => planned.Count * (Seconds(planned) ?? 0);

    /// <summary>The mean of the same line, else of the same line under the other loss.</summary>
    private double? Seconds(PlannedTrainings planned)
        => planned.Titles.Select(title => _seconds[(planned.Dataset, title)]).FirstOrDefault(s => s.Any())?.Average();
}
