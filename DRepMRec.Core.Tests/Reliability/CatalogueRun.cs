using System.Globalization;
using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Serving;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Plays a sequence of changes of a catalogue, one a line: <c>put ID NUMBER</c>, <c>retire ID</c>, <c>save</c>; other lines do nothing. A
/// recommender that is saved and loaded in between must answer everything as one that never is, bit for bit, and both as lists in memory
/// say.
/// </summary>
internal static class CatalogueRun
{
    private const int MostChanges = 40;
    private static readonly Lazy<Recommender> Plain = new(() => Served.Build(new DRepMRecOptions { Modal = new() { Neighbors = 0 } }));
    private static readonly Lazy<Recommender> Related = new(() => Served.Build(new DRepMRecOptions
    {
        Modal = new() { Neighbors = 3 },
        ItemToItem = new() { Enabled = true, BlendWeights = [0.5], L2 = 5, ContentWeight = 5, KeptWeights = 20 },
    }));

    private static readonly Lazy<Recommender> Rounded = new(() => Related.Value.WithRowPrecision(RowPrecision.Int8));

    private static RecDataset Data => Served.Data;

    /// <summary>A sequence at random: few ids, so that they meet again and again.</summary>
    /// <param name="random">Where it comes from.</param>
    /// <param name="changes">How many changes.</param>
    /// <param name="sound">Whether there is nothing in it that must be refused.</param>
    public static byte[] Draw(SeededRandom random, int changes, bool sound = true)
    {
        string Number()
            => sound || random.NextInt(12) > 0 ? $"{1 + random.NextInt(5)}"
                : new[] { "NaN", "-1e999", "0", "1e38", "1e-44" }[random.NextInt(5)];
        string Id() => random.NextInt(3) == 0 ? $"new {random.NextInt(4)}" : Data.Items[random.NextInt(6) * 3];
        IEnumerable<string> lines = Enumerable.Range(0, changes).Select(_ => random.NextInt(8) switch
        {
            < 4 => $"put {Id()} {Number()}",
            < 7 => $"retire {Id()}",
            _ => "save",
        });
        return Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\nsave\n");
    }

    /// <summary>
    /// Plays a sequence, on a model with relations between items and an item-to-item part, on the same with rows of bytes, and on one
    /// without either.
    /// </summary>
    /// <exception cref="ArgumentException">A change was refused; all others were made.</exception>
    /// <exception cref="InvalidOperationException">An answer is another one than it must be.</exception>
    public static void Play(byte[] changes)
    {
        string[] lines = [.. Encoding.UTF8.GetString(changes).Split('\n').Take(MostChanges)];
        Play(lines, Related.Value, null);
        Play(lines, Rounded.Value, null);
        Play(lines, Plain.Value, new CatalogueReference(Plain.Value, Data, Features));
    }

    private static void Play(string[] lines, Recommender origin, CatalogueReference? reference)
    {
        Recommender never = origin, often = origin;
        ArgumentException? refused = null;
        using var folder = new TempFolder();
        foreach (string line in lines)
        {
            try
            {
                string[] words = line.Split(' ');
                switch (words[0])
                {
                    case "put" when words.Length > 2:
                        string id = string.Join(' ', words[1..^1]);
                        ItemContent item = new(id, Features(words[^1]));
                        (never, often) = (never.WithItems([item]), often.WithItems([item]));
                        reference?.Put(id, words[^1]);
                        break;
                    case "retire":
                        string gone = string.Join(' ', words[1..]);
                        (never, often) = (never.WithoutItems([gone]), often.WithoutItems([gone]));
                        reference?.Retire(gone);
                        break;
                    case "save":
                        often.Save(folder["model"]);
                        often = Recommender.Load(folder["model"]);
                        break;
                }
            }
            catch (ArgumentException e)
            {
                refused ??= e;
            }
        }

        RequireSame(never, often);
        if (reference is not null)
            RequireSame(reference, often);
        if (refused is not null)
            throw new ArgumentException(refused.Message, refused);
    }

    private static void RequireSame(CatalogueReference expected, Recommender actual)
    {
        Require(actual.Items.SequenceEqual(expected.Items), "the items");
        Require(actual.Items.Count == expected.Items.Count && actual.Manifest.Items == expected.Items.Count, "the number of items");
        Require(Scores(actual.Recommend("nobody", int.MaxValue)).SequenceEqual(Scores(expected.Popular())), "popularity");
        foreach (int user in Users())
        {
            string id = Data.Users[user];
            Require(actual.History(id).SequenceEqual(expected.History(user)), $"the history of {id}");
            foreach (bool excludeSeen in new[] { false, true })
            {
                RecommendationList ranking = actual.Recommend(id, int.MaxValue, excludeSeen);
                Require(Scores(ranking).SequenceEqual(Scores(expected.Recommend(user, excludeSeen))), $"the ranking for {id}");
            }
        }
    }

    private static IEnumerable<(string Item, float Score)> Scores(IEnumerable<Recommendation> list) => list.Select(r => (r.Item, r.Score));

    private static void RequireSame(Recommender expected, Recommender actual)
    {
        Require(actual.Items.SequenceEqual(expected.Items), "the items");
        string[] some = [.. expected.Items.Where((_, n) => n % 23 == 0), .. expected.Items.TakeLast(3), .. Enumerable.Range(0, 6)
            .Select(n => Data.Items[n * 3])];
        foreach (string item in some)
        {
            foreach (RepresentationSpace space in expected.Spaces)
                Require(actual.SimilarItems(item, 1000, space).SequenceEqual(expected.SimilarItems(item, 1000, space)),
                    $"what is like {item} in the space {space}");
        }

        RecommendationRequest[] requests =
        [
            new() { Count = 1000 },
            new() { Count = 1000, History = some },
            new() { Count = 1000, History = [.. some.TakeLast(1)] },
            .. Users().Select(u => new RecommendationRequest { UserId = Data.Users[u], Count = 1000 }),
            .. Users().Select(u => new RecommendationRequest { UserId = Data.Users[u], Candidates = some, ExcludeSeen = false,
                History = some[..2] }),
        ];
        foreach (var (request, answer) in requests.Zip(actual.Recommend(requests)))
        {
            RecommendationList before = expected.Recommend(request);
            Require(answer.SequenceEqual(before) && answer.Source == before.Source
                && answer.UnknownItems.SequenceEqual(before.UnknownItems), "an answer");
            Require(Same(expected.Explain(request, some[0]), actual.Explain(request, some[0])), "an explanation");
        }
    }

    private static bool Same(Explanation? a, Explanation? b) => (a is null && b is null) || (a is not null && b is not null
        && (a.Item, a.Score, a.Source, a.Behavior, a.ItemToItem) == (b.Item, b.Score, b.Source, b.Behavior, b.ItemToItem)
        && a.History.SequenceEqual(b.History)
        && a.Supporters.SequenceEqual(b.Supporters) && a.Modalities.SequenceEqual(b.Modalities));

    private static IEnumerable<int> Users() => Enumerable.Range(0, 5).Select(n => n * 31);

    /// <summary>Features for every number, finite or not.</summary>
    private static Dictionary<Modality, ReadOnlyMemory<float>> Features(string number)
    {
        double value = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : double.NaN;
        ReadOnlyMemory<float> Row(int count)
            => Enumerable.Range(1, count).Select(d => (float)(value * (d % 3 == 1 ? 1 : -0.5) + ((value * value) % d))).ToArray();
        return Plain.Value.FeatureDimensions.ToDictionary(f => f.Key, f => Row(f.Value));
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"{what}: another answer than it must be");
    }
}
