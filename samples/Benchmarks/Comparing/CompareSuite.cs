using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;

namespace Benchmarks;

/// <summary>
/// Epochs and validations beside those of another toolbox's log, which must have been written on this machine within the last hour.
/// </summary>
internal static class CompareSuite
{
    private const int MaxEpochs = 10;

    /// <summary>The models by the names that --log takes.</summary>
    public static readonly string[] Models = ["LightGCN", "FREEDOM", "MGCN"];

    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        if (options.Logs.Count == 0)
            throw new ArgumentException("--suite compare needs the other toolbox's log: --log LightGCN=FILE, once for each model.");
        List<(string Model, string File, ToolboxLog Log)> logs = [.. options.Logs.Select(text => Read(text, options.AnyAge))];
        RecDataset data = options.Load();
        report.Note($"{data.Name}: {data.Users.Count} users, {data.Items.Count} items, {data.Train.Count} training interactions; "
            + $"{options.Threads} thread(s); medians in ms, without each side's first epoch");
        Console.WriteLine($"{"",-26} {"theirs",10} {"fastest",9} {"epochs",7} {"ours",10} {"fastest",9} {"epochs",7} {"ratio",7}");
        using ModalFeatures? features = data.Features.Count > 0 ? new ModalFeatures(data.Features) : null;
        List<ComparedPart> parts = [];
        foreach (var (name, file, log) in logs)
        {
            cancellation.ThrowIfCancellationRequested();
            using DRepMRecModel model = Create(name, data, features);
            int epochs = Math.Clamp(log.Training.Count, 2, options.Quick ? 2 : MaxEpochs);
            bool evaluates = log.Evaluation.Count > 0 && data.Validation.Count > 0;
            var trainer = new TrainerOptions
            {
                MaxEpochs = epochs,
                Patience = int.MaxValue,
                EvaluateEvery = evaluates ? 1 : int.MaxValue,
                Threads = options.Threads,
                KeepFreedMemory = true,
            };
            TrainingReport trained = new Trainer(model, data, trainer).Fit(cancellationToken: cancellation);
            parts.Add(ComparedPart.Of($"{name}, epoch", file, log.Training, trained.History.Select(e => e.TrainingTime)));
            if (evaluates)
                parts.Add(ComparedPart.Of($"{name}, validation", file, log.Evaluation, trained.History.Select(e => e.EvaluationTime)));
        }

        foreach (ComparedPart part in parts)
            part.Print();
        report.Keep("compared", parts);
    }

    private static (string Model, string File, ToolboxLog Log) Read(string text, bool anyAge)
    {
        string[] parts = text.Split('=', 2);
        if (parts.Length < 2 || !Models.Contains(parts[0]))
            throw new ArgumentException($"--log: expected MODEL=FILE with a model of {string.Join(", ", Models)}; got '{text}'.");
        TimeSpan age = DateTime.UtcNow - File.GetLastWriteTimeUtc(parts[1]);
        if (File.Exists(parts[1]) && age > MaxAge && !anyAge)
        {
            string hours = age.TotalHours.ToString("F1", CultureInfo.InvariantCulture);
            throw new ArgumentException($"--log: {parts[1]} was last written {hours} hours ago. Ratios are fair within the same hour on "
                + "the same machine: run the other toolbox again, or say --any-age.");
        }

        try
        {
            return (parts[0], parts[1], ToolboxLog.Parse(File.ReadLines(parts[1]), parts[1]));
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"--log: {e.Message}", e);
        }
    }

    private static DRepMRecModel Create(string name, RecDataset data, ModalFeatures? features)
    {
        if (name == "LightGCN")
            return DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
        if (features is null)
            throw new ArgumentException($"--log: {name} needs a dataset with features; {data.Name} has none.");
        var bpr = new DRepMRecOptions { Loss = new RankingLoss.Bpr(), UseModalLine = false };
        return name == "FREEDOM"
            ? DRepMRecModel.Create(data, new FreedomEncoder(data.Users.Count, features), bpr)
            : DRepMRecModel.Create(data, new MgcnEncoder(data.Users.Count, features), bpr);
    }
}
