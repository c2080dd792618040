using System.CommandLine;
using Common;
using DRepMRec.Serving;

namespace CompareServedModels;

internal sealed record CommandLine(
    string? Old, string? New, int Count, ModelComparisonLimits Limits, string? Json, string? Markdown)
{
    /// <summary>Runs the program: its own exit code, or 1 for errors in arguments, files or models.</summary>
    public static int Run(string[] args, Func<CommandLine, CancellationToken, Task<int>> body)
    {
        Option<string?> Model(string name, string what)
            => new Option<string?>(name) { Description = $"{what}, as Recommender.Save wrote it." }.InExistingFolder();
        Option<double?> Share(string name, string what) => new(name)
        {
            Description = what + ", from 0 to 1. Default: not looked at.",
            CustomParser = argument =>
            {
                double share = OptionRules.ParseReal(argument);
                if (share is < 0 or > 1)
                    argument.AddError($"{name}: expected a number from 0 to 1.");
                return share;
            },
        };

        Option<string?> old = Model("--old", "The model that is served"), @new = Model("--new", "The model that is to take its place");
        var count = new Option<int>("--count") { Description = "The items of a list.", DefaultValueFactory = _ => 20 }.AboveZero();
        Option<double?> minOverlap = Share("--min-overlap", "The lowest mean rank-biased overlap of a user's two lists");
        Option<double?> maxChanged = Share("--max-changed", "The highest share of lists that change");
        Option<double?> maxVanishedUsers = Share("--max-vanished-users", "The highest share of users that the new model may miss");
        Option<double?> maxVanishedItems = Share("--max-vanished-items", "The highest share of items that the new model may miss");
        Option<double?> minDifferent = Share("--min-different", "The lowest number of different items recommended, by the number before");
        var json = new Option<string?>("--json") { Description = "A file for the comparison as JSON." }.InExistingFolder();
        var markdown = new Option<string?>("--markdown") { Description = "A file for the page that is printed." }.InExistingFolder();
        var root = new RootCommand(
            "Shows what becomes of recommendations when one model takes the place of another. Exit code 2: it exceeds a limit. Without "
            + "files it trains two small models, of yesterday and of today.")
        {
            old, @new, count, minOverlap, maxChanged, maxVanishedUsers, maxVanishedItems, minDifferent, json, markdown,
        };
        root.Validators.Add(result =>
        {
            if (result.GetValue(old) is null != result.GetValue(@new) is null)
                result.AddError("Expected both --old and --new, or none of them.");
        });
        root.SetAction((result, cancellation) =>
        {
            int code = 0;
            var limits = new ModelComparisonLimits
            {
                MinOverlap = result.GetValue(minOverlap),
                MaxChangedLists = result.GetValue(maxChanged),
                MaxVanishedUsers = result.GetValue(maxVanishedUsers),
                MaxVanishedItems = result.GetValue(maxVanishedItems),
                MinDifferentItems = result.GetValue(minDifferent),
            };
            var line = new CommandLine(result.GetValue(old), result.GetValue(@new), result.GetValue(count), limits,
                result.GetValue(json), result.GetValue(markdown));
            int failure = Guarded.Run(() => code = body(line, cancellation).GetAwaiter().GetResult());
            return Task.FromResult(failure == 0 ? code : failure);
        });
        return Commands.Invoke(root, args);
    }
}
