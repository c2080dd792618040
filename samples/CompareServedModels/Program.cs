// Compares the model that is served with the one that is to take its place, and refuses the latter where too much changes.
using System.Text.Json;
using CompareServedModels;
using DRepMRec.Serving;

const int Refused = 2;

return CommandLine.Run(args, async (options, cancellation) =>
{
    var (served, candidate) = options.Old is null
        ? TwoDays.Train(cancellation)
        : (Recommender.Load(options.Old), Recommender.Load(options.New!));
    ModelComparison comparison = await ModelComparison.CompareAsync(served, candidate,
        new ModelComparisonOptions { Request = new RecommendationRequest { Count = options.Count } }, cancellationToken: cancellation);
    Console.WriteLine(comparison.ToMarkdown());

    if (options.Json is not null)
        File.WriteAllText(options.Json, JsonSerializer.Serialize(comparison));
    if (options.Markdown is not null)
        File.WriteAllText(options.Markdown, comparison.ToMarkdown());
    IReadOnlyList<string> exceeded = options.Limits.Exceeded(comparison);
    foreach (string limit in exceeded)
        Console.Error.WriteLine(limit);
    return exceeded.Count == 0 ? 0 : Refused;
});
