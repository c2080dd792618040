// A server of lines over TCP that knows nothing but the package. However it is built and published, it must give the same answers.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;

Recommender recommender = Recommender.Load(args[0], new RecommenderLoadOptions { Verify = true });
using var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
using TcpClient client = listener.AcceptTcpClient();
using var reader = new StreamReader(client.GetStream());
using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
while (reader.ReadLine()?.Split(' ') is { } request)
    writer.WriteLine(Answer(request));

string Answer(string[] request) => request switch
{
    ["user", var user] => List(recommender.Recommend(user, 10)),
    ["history", var user] => List(recommender.Recommend(new RecommendationRequest { History = recommender.History(user), Count = 10 })),
    ["similar", var item] => Items(recommender.SimilarItems(item, 10)),
    ["why", var user, var item] when recommender.Explain(user, item) is { } why
        => $"{Number(why.Score)} = {Number(why.Behavior)} {string.Join(' ', why.Modalities.Select(m => $"{m.Key} {Number(m.Value)}"))}",
    ["new"] => Items(Changed().SimilarItems("new", 10)),
    ["train"] => Training(),
    ["process"] => Process(),
    _ => "?",
};

// A new item by its features and an old one less, through a file and back.
Recommender Changed()
{
    var content = new ItemContent("new", recommender.FeatureDimensions.ToDictionary(
        f => f.Key, f => (ReadOnlyMemory<float>)Enumerable.Range(1, f.Value).Select(n => (float)(n % 7)).ToArray()));
    string copy = Path.GetTempFileName();
    try
    {
        recommender.WithItems([content]).WithoutItems([recommender.Items.First()]).Save(copy);
        return Recommender.Load(copy, new RecommenderLoadOptions { MemoryMap = false });
    }
    finally
    {
        File.Delete(copy);
    }
}

// Nothing that trains is here, and who tries is told why.
static string Training()
{
    try
    {
        TorchBackend.EnsureLoaded();
        return "libtorch";
    }
    catch (TorchBackendException e)
    {
        return e.Message;
    }
}

static string Process()
{
    using var self = System.Diagnostics.Process.GetCurrentProcess();
    double milliseconds = (DateTime.Now - self.StartTime).TotalMilliseconds;
    return string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F0} ms since the start, {self.WorkingSet64 / 1e6:F0} MB of memory");
}

static string List(RecommendationList list) => $"{list.Source} {Items(list)}";

static string Items(IEnumerable<Recommendation> items) => string.Join(' ', items.Select(i => $"{i.Item} {Number(i.Score)}"));

static string Number(float? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "-";
