using System.CommandLine;
using Common;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults;

/// <summary>Writes all pages again from the logs beside them, or says which aren't what their logs say.</summary>
internal static class RecomputeCommand
{
    public static Command Create()
    {
        var logs = new Option<string>("--logs")
        {
            Description = "A folder with compressed logs (*.jsonl.gz), at any depth. A page lies in the folder above that of its log.",
            Required = true,
        };
        logs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !Directory.Exists(path))
                result.AddError($"--logs: the folder '{path}' doesn't exist.");
        });
        var check = new Option<bool>("--check")
        {
            Description = "Write nothing: say which pages aren't as the logs have them or lack a picture, and exit with 1 if any does. "
                + "What pictures show isn't compared, as it depends on the machine's fonts.",
        };
        var command = new Command("recompute", "Computes every number and picture of the pages from their logs.") { logs, check };
        command.SetAction(result => Guarded.Run(() => Run(result.GetValue(logs)!, result.GetValue(check))));
        return command;
    }

    private static void Run(string folder, bool check)
    {
        int others = 0;
        var (logs, leftOut) = Page.Logs(folder);
        foreach (string log in leftOut)
            Console.WriteLine(log);
        if (logs.Count == 0)
            throw new IOException($"{folder}: expected logs of pages, such as models-bpr.jsonl.gz, at any depth; found none.");
        foreach (var (log, pages, study, part) in logs)
        {
            string page = Path.GetFullPath(Path.Combine(pages, $"{study}-{part}.md"));
            string? before = File.Exists(page) ? File.ReadAllText(page) : null;
            string text = check ? Text(study, part, log) : File.ReadAllText(Page.Write(pages, study, part, TrainingLog.Decompress(log)));
            string[] lacking = [.. Report.PicturesOf(text).Where(picture => !File.Exists(Path.Combine(pages, picture)))];
            bool same = text == before && lacking.Length == 0;
            others += same ? 0 : 1;
            Console.WriteLine($"{page}: " + (before is null ? "new" : text != before ? "other numbers or words than before"
                : same ? "as it was" : $"without {string.Join(", ", lacking)}"));
        }

        Console.WriteLine($"{logs.Count} pages, {others} of them not as they were.");
        if (check && others > 0)
            throw new IOException($"{folder}: {others} pages aren't what their logs say.");
    }

    /// <summary>A page as its log has it, written where nothing of it stays.</summary>
    private static string Text(string study, string part, string log)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("drepmrec-");
        try
        {
            return File.ReadAllText(Page.Write(scratch.FullName, study, part, TrainingLog.Decompress(log)));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
