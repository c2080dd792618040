using System.Numerics.Tensors;
using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>What a request on <see cref="Shelf"/> asks for, by the documented steps one after the other over all items.</summary>
internal static class RerankingReference
{
    public static RecommendationRequest Draw(SeededRandom random)
    {
        bool Half() => random.NextInt(2) == 0;
        string[] Some(IReadOnlyCollection<string> ids, int count)
        {
            string[] all = [.. ids];
            return [.. Enumerable.Range(0, count).Select(_ => all[random.NextInt(all.Length)])];
        }

        ItemCondition Condition() => random.NextInt(5) switch
        {
            0 => new() { Column = "kind", In = [$"kind-{random.NextInt(6)}", $"kind-{random.NextInt(6)}"], AllowMissing = Half() },
            1 => new() { Column = "tags", NotIn = [$"tag-{random.NextInt(4)}"] },
            2 => new() { Column = "price", Min = random.NextInt(50), Max = 50 + random.NextInt(50), AllowMissing = Half() },
            3 => new() { Column = "released", From = Shelf.FirstDay.AddDays(random.NextInt(120)), AllowMissing = Half() },
            _ => new() { Column = "title" },
        };

        Recommender recommender = Served.Recommender;
        RepresentationSpace[] spaces = [.. recommender.Spaces];
        return new RecommendationRequest
        {
            UserId = random.NextInt(4) > 0 ? Some(recommender.Users, 1)[0] : null,
            History = Half() ? Some(recommender.Items, 3) : [],
            Count = random.NextInt(30),
            Pool = 1 + random.NextInt(60),
            ExcludeSeen = Half(),
            Candidates = random.NextInt(4) == 0 ? Some(recommender.Items, 40) : null,
            MinimumScore = random.NextInt(4) == 0 ? 0 : float.NegativeInfinity,
            Where = [.. Enumerable.Range(0, random.NextInt(3)).Select(_ => Condition())],
            Boosts = [.. Enumerable.Range(0, random.NextInt(3))
                .Select(_ => new ItemBoost { Where = Condition(), Weight = random.NextInt(9) - 3 })],
            Quotas = [.. Enumerable.Range(0, random.NextInt(3)).Select(_ => new CategoryQuota
            {
                Column = Half() ? "kind" : "tags",
                Category = Half() ? null : $"tag-{random.NextInt(4)}",
                Max = random.NextInt(6),
            })],
            Diversity = Half() ? new Diversity { Lambda = random.NextDouble(), Space = spaces[random.NextInt(spaces.Length)] } : null,
            Exploration = random.NextInt(3) == 0 ? new Exploration { Temperature = random.NextDouble(), Seed = random.NextInt(100) } : null,
        };
    }

    public static IEnumerable<Recommendation> Answer(Recommender recommender, RecommendationRequest request)
    {
        var order = recommender.Items.Index().ToDictionary(i => i.Item, i => i.Index);
        RecommendationList scored = recommender.Recommend(new RecommendationRequest
        {
            UserId = request.UserId,
            History = request.History,
            Candidates = request.Candidates,
            Count = int.MaxValue,
            ExcludeSeen = false,
        });
        double mean = scored.Average(s => (double)s.Score);
        double deviation = Math.Sqrt(scored.Average(s => (s.Score - mean) * (s.Score - mean)));
        HashSet<string> seen = [.. request.History];
        if (request.UserId is not null)
            seen.UnionWith(recommender.History(request.UserId));
        bool cuts = scored.Source != RecommendationSource.Popularity;
        var left = scored
            .Where(s => !(request.ExcludeSeen && seen.Contains(s.Item)) && !(cuts && s.Score < request.MinimumScore)
                && request.Where.All(c => Meets(order[s.Item], c)))
            .Select(s =>
            {
                double boost = request.Boosts.Sum(b => Meets(order[s.Item], b.Where) ? b.Weight : 0);
                return (Of: s, Value: request.Boosts.Count == 0 ? s.Score : (double)(float)(s.Score + (deviation * boost)));
            })
            .OrderByDescending(s => s.Value).ThenBy(s => order[s.Of.Item]).ToList();

        bool pools = request.Quotas.Count > 0 || request.Diversity is not null || request.Exploration is not null;
        int size = pools ? Math.Max(request.Pool, request.Count) : Math.Max(1, request.Count);
        var chosen = new List<Recommendation>();
        while (left.Count > 0 && chosen.Count < request.Count)
        {
            var allowed = left.Where(s => HasRoom(chosen, s.Of.Item)).Take(size).ToList();
            if (allowed.Count == 0)
                break;
            left.RemoveAll(s => allowed.Contains(s));
            var pool = allowed.Select(s => (s.Of, Value: s.Value + Noise(s.Of.Item)))
                .OrderByDescending(s => s.Value).ThenBy(s => order[s.Of.Item]).ToList();
            double best = pool[0].Value, range = best - pool[^1].Value;
            while (chosen.Count < request.Count)
            {
                var open = pool.Where(s => !chosen.Contains(s.Of) && HasRoom(chosen, s.Of.Item)).ToList();
                if (open.Count == 0)
                    break;
                chosen.Add(request.Diversity is not { } diversity ? open[0].Of : open.MaxBy(s =>
                    (float)((diversity.Lambda * (range > 0 ? 1 - ((best - s.Value) / range) : 0)) - ((1 - diversity.Lambda)
                        * chosen.Select(c => Cosine(recommender, diversity.Space, order[c.Item], order[s.Of.Item]))
                            .DefaultIfEmpty(0).Max())))
                    .Of);
            }
        }

        return chosen;

        double Noise(string item) => request.Exploration is not { } exploration ? 0
            : exploration.Temperature * deviation * new GumbelNoise(exploration.Seed, request.UserId)[item];

        bool HasRoom(List<Recommendation> taken, string item) => request.Quotas.All(q => Categories(order[item], q.Column)
            .Where(c => q.Category is null || c == q.Category)
            .All(c => taken.Count(t => Categories(order[t.Item], q.Column).Contains(c)) < q.Max));
    }

    private static IReadOnlyList<string> Categories(int n, string column)
        => column == "tags" ? Shelf.Tags(n) : Shelf.Kind(n) is { } kind ? [kind] : [];

    private static bool Meets(int n, ItemCondition c) => c.Column switch
    {
        "kind" => Shelf.Kind(n) is { } kind ? c.In!.Contains(kind) : c.AllowMissing,
        "tags" => !Shelf.Tags(n).Intersect(c.NotIn!).Any(),
        "price" => Shelf.Price(n) is { } price ? price >= c.Min && price <= c.Max : c.AllowMissing,
        "released" => Shelf.Released(n) is { } released ? released >= c.From : c.AllowMissing,
        _ => Shelf.Title(n) is not null,
    };

    private static double Cosine(Recommender recommender, RepresentationSpace space, int a, int b)
    {
        ServingModel model = recommender.Model;
        float[] Row(int item)
        {
            float[] sum = new float[space == RepresentationSpace.Fused ? model.Items.Width : model.ItemBehavior.Width];
            IReadOnlyList<RowStore> lines = space == RepresentationSpace.Fused ? [model.Items]
                : space == RepresentationSpace.Behavior ? [model.ItemBehavior] : model.ItemModal;
            foreach (RowStore line in lines)
                TensorPrimitives.Add(sum, line[item], sum);
            return sum;
        }

        float[] left = Row(a), right = Row(b);
        double lengths = Math.Sqrt(left.Sum(x => (double)x * x) * right.Sum(x => (double)x * x));
        return lengths > 0 ? left.Zip(right, (x, y) => (double)x * y).Sum() / lengths : 0;
    }
}
