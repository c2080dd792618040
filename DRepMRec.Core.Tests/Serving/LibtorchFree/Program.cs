// Loads a model, serves a user, a history and a new item, and prints what it gave and every loaded module that has to do with torch.
using System.Diagnostics;
using DRepMRec.Serving;

Recommender recommender = Recommender.Load(args[0]);
string user = recommender.Users.First();
Console.WriteLine($"user {recommender.Recommend(user, 3).Count}");
Console.WriteLine($"history {recommender.Recommend(new RecommendationRequest { History = recommender.History(user), Count = 3 }).Source}");
var features = recommender.FeatureDimensions.ToDictionary(
    f => f.Key, f => (ReadOnlyMemory<float>)Enumerable.Range(1, f.Value).Select(n => (float)n).ToArray());
Console.WriteLine($"new {recommender.WithItems([new ItemContent("new", features)]).SimilarItems("new", 3).Count}");
Console.WriteLine($"why {recommender.Explain(user, recommender.Items.First())?.Behavior is not null}");
if (recommender.RefreshKind != RefreshKind.None)
{
    Recommender grown = recommender.WithInteractions([new("somebody", recommender.Items.First())]).WithoutUsers([user]);
    Console.WriteLine($"grown {grown.Recommend("somebody", 3).Count}, {grown.MeasureDrift([new("somebody", "something")]).Users}");
}

IEnumerable<string> loaded = OperatingSystem.IsLinux()
    ? File.ReadLines("/proc/self/maps")
    : Process.GetCurrentProcess().Modules.Cast<ProcessModule>().Select(m => m.FileName);
foreach (string module in loaded.Concat(AppDomain.CurrentDomain.GetAssemblies().Select(a => a.Location))
    .Where(m => m.Contains("torch", StringComparison.OrdinalIgnoreCase) && !m.Contains("LibtorchFree", StringComparison.Ordinal)))
{
    Console.WriteLine($"torch {module}");
}
