// Loads a model, serves a user, a history and new items, and prints what it gave and every loaded module that has to do with torch.
using System.Diagnostics;
using DRepMRec.Data;
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

Recommender shop = Recommender.Load(args[1]);
ItemTable item = ItemTable.Of(["new"], ItemColumn.Category("kind", [["kind 1"]]), ItemColumn.Number("price", [5]));
ItemTable text = ItemTable.Of(["new"], ItemColumn.Title("title", ["Thing 3"]));
Console.WriteLine($"raw {shop.WithItems(item).SimilarItems("new", 3).Count}");
Console.WriteLine($"text {shop.Encoders.Single(e => e.Modality == Modality.Text).Encode(text).ItemIds.Count}");

IEnumerable<string> loaded = OperatingSystem.IsLinux()
    ? File.ReadLines("/proc/self/maps")
    : Process.GetCurrentProcess().Modules.Cast<ProcessModule>().Select(m => m.FileName);
foreach (string module in loaded.Concat(AppDomain.CurrentDomain.GetAssemblies().Select(a => a.Location))
    .Where(m => m.Contains("torch", StringComparison.OrdinalIgnoreCase) && !m.Contains("LibtorchFree", StringComparison.Ordinal)))
{
    Console.WriteLine($"torch {module}");
}
