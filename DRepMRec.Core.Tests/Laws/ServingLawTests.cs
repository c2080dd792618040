using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Laws;

/// <summary>What must not change, or only in a known way, when a model or a request is changed in a known way.</summary>
public sealed class ServingLawTests
{
    private const int Users = 12, Items = 90, D = 7;
    private static readonly float[] UserRows = Samples.Floats(Users * D, 1), ItemRows = Samples.Floats(Items * D, 2);
    private static readonly string[] UserIds = [.. Enumerable.Range(0, Users).Select(u => $"u{u}")];
    private static readonly string[] ItemIds = [.. Enumerable.Range(0, Items).Select(i => $"i{i}")];
    private static readonly Lazy<Recommender> Rounded = new(() => Served.Recommender.WithRowPrecision(RowPrecision.Int8));
    private static readonly Recommender Plain = Build(UserIds, UserRows, ItemIds, ItemRows);

    [Fact]
    public void A_shorter_list_is_the_beginning_of_a_longer_one()
    {
        var random = new SeededRandom(1);
        for (int n = 0; n < 60; n++)
        {
            Recommender recommender = Any(n);
            RecommendationRequest request = Draw(recommender, random);
            Recommendation[] all = [.. recommender.Recommend(request with { Count = int.MaxValue })];
            foreach (int count in new[] { 0, 1, 2, 3, 7, 20, 21, 50 })
                recommender.Recommend(request with { Count = count }).Should().Equal(all.Take(count));
            string item = recommender.Items.ElementAt(random.NextInt(recommender.Items.Count));
            foreach (RepresentationSpace space in recommender.Spaces)
            {
                Recommendation[] similar = [.. recommender.SimilarItems(item, int.MaxValue, space)];
                recommender.SimilarItems(item, 5, space).Should().Equal(similar.Take(5));
            }
        }
    }

    [Fact]
    public void A_restricted_request_is_the_restricted_ranking()
    {
        var random = new SeededRandom(2);
        for (int n = 0; n < 60; n++)
        {
            Recommender recommender = Any(n);
            RecommendationRequest request = Draw(recommender, random) with { Count = int.MaxValue, Candidates = null };
            Recommendation[] all = [.. recommender.Recommend(request)];
            HashSet<string> some = [.. recommender.Items.Where(_ => random.NextInt(3) == 0)];
            Recommendation[] within = [.. all.Where(r => some.Contains(r.Item))];
            recommender.Recommend(request with { Candidates = some }).Should().Equal(within);
            recommender.Recommend(request with { Candidates = [.. some.Reverse(), .. some] })
                .Should().Equal(within, "order and repeats don't count");
            recommender.Recommend(request with { Filter = id => some.Contains(id) && (request.Filter?.Invoke(id) ?? true) })
                .Should().Equal(within);
            recommender.Recommend(request with { Excluded = [.. request.Excluded, .. recommender.Items.Where(i => !some.Contains(i))] })
                .Should().Equal(within);
        }
    }

    [Fact]
    public void What_is_chosen_by_more_than_scores_begins_alike_however_long_the_list_is()
    {
        // The pool is the same for all lengths, as it holds the whole catalogue.
        var wanted = new ItemCondition { Column = "kind", In = ["kind-1", "kind-3"] };
        RecommendationRequest[] requests =
        [
            new() { Boosts = [new() { Where = wanted, Weight = 0.7 }] },
            new() { Boosts = [new() { Where = wanted, Weight = -0.4 }], Quotas = [new() { Column = "kind", Max = 9 }] },
            new() { Diversity = new() { Lambda = 0.6 } },
            new() { Exploration = new() { Temperature = 0.2, Seed = 3 } },
            new() { Exploration = new() { Temperature = 0.2, Seed = 4 }, Quotas = [new() { Column = "tags", Max = 12 }] },
        ];
        int most = Shelf.Recommender.Items.Count;
        foreach (RecommendationRequest request in requests)
        {
            foreach (string user in Served.Data.Users.Ids.Take(6))
            {
                RecommendationRequest own = request with { UserId = user, Pool = most };
                Recommendation[] all = [.. Shelf.Recommender.Recommend(own with { Count = most })];
                all.Should().OnlyHaveUniqueItems(r => r.Item).And.NotBeEmpty();
                foreach (int count in new[] { 1, 2, 10, 33 })
                    Shelf.Recommender.Recommend(own with { Count = count }).Should().Equal(all.Take(count));
            }
        }
    }

    [Fact]
    public void A_history_is_a_set()
    {
        var random = new SeededRandom(3);
        for (int n = 0; n < 40; n++)
        {
            Recommender recommender = Any(n);
            string[] history = [.. Enumerable.Range(0, 1 + random.NextInt(6)).Select(_ => Item(recommender, random)).Distinct()];
            var request = new RecommendationRequest { History = history, Count = 30 };
            RecommendationList list = recommender.Recommend(request);
            recommender.Recommend(request with { History = [.. history.Reverse(), history[0], "no such item"] }).Should().Equal(list);
            recommender.Recommend(request with { ExcludeSeen = false, Excluded = history })
                .Should().Equal(list, "seen items are excluded ones");
        }
    }

    [Theory]
    [InlineData(4f, 1f)]
    [InlineData(0.125f, 1f)]
    [InlineData(1f, 8f)]
    [InlineData(1e-3f, 37f)]
    public void Longer_rows_of_all_users_or_all_items_rank_alike(float userScale, float itemScale)
    {
        Recommender scaled = Build(UserIds, [.. UserRows.Select(v => v * userScale)], ItemIds, [.. ItemRows.Select(v => v * itemScale)]);
        foreach (string user in UserIds)
        {
            Recommendation[] expected = [.. Plain.Recommend(user, Items)], actual = [.. scaled.Recommend(user, Items)];
            actual.Select(r => r.Item).Should().Equal(expected.Select(r => r.Item));
            actual.Select(r => r.Score).Should().Equal(
                expected.Select(r => r.Score * userScale * itemScale),
                (a, b) => MathF.Abs(a - b) <= 1e-5f * MathF.Max(MathF.Abs(b), userScale * itemScale));
        }

        foreach (string item in ItemIds.Take(10))
        {
            scaled.SimilarItems(item, Items).Select(r => r.Item).Should().Equal(
                Plain.SimilarItems(item, Items).Select(r => r.Item), "a cosine knows no length");
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-13f)]
    [InlineData(1e20f)]
    public void So_are_cosines_of_very_short_and_very_long_rows(float scale)
    {
        Recommender recommender = Recommender.FromEmbeddings(["u"], [1f, 0], ["a", "b"], [scale, 0, 2 * scale, 0]);
        recommender.SimilarItems("a").Should().ContainSingle().Which.Score.Should().BeApproximately(1, 1e-6f);
        recommender.SimilarUsers("u").Should().BeEmpty();
    }

    [Fact]
    public void Columns_in_another_order_or_mirrored_rank_alike()
    {
        int[] order = [3, 0, 6, 2, 5, 1, 4];
        float[] Moved(float[] rows) => [.. Enumerable.Range(0, rows.Length).Select(n
            => rows[(n / D * D) + order[n % D]] * (n % D % 2 == 0 ? -1 : 1))];
        Recommender moved = Build(UserIds, Moved(UserRows), ItemIds, Moved(ItemRows));
        foreach (string user in UserIds)
        {
            moved.Recommend(user, Items).Should().Equal(
                Plain.Recommend(user, Items), (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-6f);
        }
    }

    [Fact]
    public void Other_names_and_another_order_of_users_and_items_change_names_and_places_alone()
    {
        int[] userOrder = Shuffled(Users, 4), itemOrder = Shuffled(Items, 5);
        string NewUser(int user) => $"customer {user * 7}";
        string NewItem(int item) => $"sku:{(item * 31) % 97}";
        Recommender other = Build(
            [.. userOrder.Select(NewUser)], Rows(UserRows, userOrder), [.. itemOrder.Select(NewItem)], Rows(ItemRows, itemOrder),
            userOrder, itemOrder);
        for (int user = 0; user < Users; user++)
        {
            IEnumerable<Recommendation> Renamed(IEnumerable<Recommendation> list)
                => list.Select(r => new Recommendation(NewItem(Array.IndexOf(ItemIds, r.Item)), r.Score));
            other.Recommend(NewUser(user), Items).Should().Equal(Renamed(Plain.Recommend(UserIds[user], Items)));
            other.SimilarItems(NewItem(user), Items).Should().Equal(Renamed(Plain.SimilarItems(ItemIds[user], Items)));
            other.SimilarUsers(NewUser(user), Users).Should().Equal(
                Plain.SimilarUsers(UserIds[user], Users).Select(s => new SimilarUser(NewUser(Array.IndexOf(UserIds, s.User)), s.Score)));
            string[] history = [.. Plain.History(UserIds[user])];
            other.History(NewUser(user)).Should().BeEquivalentTo(history.Select(i => NewItem(Array.IndexOf(ItemIds, i))));

            // The map of histories is fitted to sums over users and items, whose rounding depends on their order.
            RecommendationList folded = Plain.Recommend(new RecommendationRequest { History = history, Count = Items });
            var asked = new RecommendationRequest { History = [.. other.History(NewUser(user))], Count = Items };
            other.Recommend(asked).ToDictionary(r => r.Item, r => r.Score).Should().BeEquivalentTo(
                Renamed(folded).ToDictionary(r => r.Item, r => r.Score),
                o => o.Using<float>(c => c.Subject.Should().BeApproximately(c.Expectation, 1e-4f)).WhenTypeIs<float>());
        }
    }

    [Fact]
    public void A_user_without_items_and_an_item_without_users_change_nobody()
    {
        float[] more = Samples.Floats(D, 9);
        Recommender with = Build([.. UserIds, "idle"], [.. UserRows, .. new float[D]], ItemIds, ItemRows);
        Recommender one = Build(UserIds, UserRows, [.. ItemIds, "new"], [.. ItemRows, .. more]);
        foreach (string user in UserIds.Append("nobody"))
        {
            with.Recommend(user, Items).Should().Equal(Plain.Recommend(user, Items));
            one.Recommend(user, Items + 1).Where(r => r.Item != "new").Should().Equal(Plain.Recommend(user, Items));
            var history = new RecommendationRequest { History = [.. Plain.History(user)], Count = Items };
            with.Recommend(history).Should().Equal(Plain.Recommend(history));
            one.Recommend(history with { Count = Items + 1 }).Where(r => r.Item != "new").Should().Equal(Plain.Recommend(history));
        }

        with.Recommend("idle", Items).Source.Should().Be(RecommendationSource.Popularity);
    }

    [Fact]
    public void Equal_items_come_in_the_order_of_the_catalogue_however_they_are_asked_for()
    {
        float[] rows = Rows(ItemRows, [.. Enumerable.Range(0, Items).Select(i => i / 30)]);
        Recommender equal = Build(UserIds, UserRows, ItemIds, rows);
        foreach (string user in UserIds)
        {
            Recommendation[] all = [.. equal.Recommend(new RecommendationRequest { UserId = user, Count = Items, ExcludeSeen = false })];
            foreach (var group in all.GroupBy(r => r.Score))
                group.Select(r => Array.IndexOf(ItemIds, r.Item)).Should().BeInAscendingOrder();
            foreach (int count in new[] { 1, 15, 29, 30, 31, 45, 60, 75 })
            {
                var request = new RecommendationRequest { UserId = user, Count = count, ExcludeSeen = false };
                equal.Recommend(request).Should().Equal(all.Take(count));
                equal.Recommend(request with { Candidates = ItemIds }).Should().Equal(all.Take(count));
                equal.Recommend([request, request])[1].Should().Equal(all.Take(count));
            }
        }
    }

    [Fact]
    public void Similarity_is_mutual()
    {
        foreach (RepresentationSpace space in Served.Recommender.Spaces)
        {
            string[] items = [.. Served.Recommender.Items.Take(25)];
            Dictionary<(string, string), float> scores = items.SelectMany(a => Served.Recommender.SimilarItems(a, int.MaxValue, space)
                .Select(b => (Pair: (a, b.Item), b.Score))).ToDictionary(s => s.Pair, s => s.Score);
            foreach (string a in items)
            {
                foreach (string b in items.Where(b => b != a))
                    scores[(a, b)].Should().BeApproximately(scores[(b, a)], 1e-6f);
            }
        }
    }

    [Fact]
    public void Changes_of_different_things_can_come_in_any_order()
    {
        int[] cold = [.. Enumerable.Range(0, Grown.Data.Items.Count).Where(i => Grown.Data.Train.ItemDegrees()[i] > 0).Take(6)];
        Dictionary<Modality, ReadOnlyMemory<float>> Features(int item) => Grown.Data.Features.Where(f => f.Present[item])
            .ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[item].ToArray());
        string[] users = [.. Grown.Data.Users.Ids.Take(8)], items = [.. Grown.Data.Items.Ids];
        Func<Recommender, Recommender>[] changes =
        [
            r => r.WithItems([new ItemContent("added", Features(cold[0]))]),
            r => r.WithoutItems([items[cold[1]]]),
            r => r.WithoutUsers([users[0]]),
            r => r.WithInteractions([new Interaction(users[1], items[cold[2]]), new Interaction("someone new", items[cold[3]], Weight: 2)]),
        ];
        Recommender? first = null;
        foreach (int[] order in Orders(changes.Length))
        {
            Recommender changed = order.Aggregate(Grown.Recommender, (r, change) => changes[change](r));
            first ??= changed;
            string which = string.Join(", then ", order);
            changed.Items.Should().Equal(first.Items, which);
            changed.Users.Should().Equal(first.Users, which);
            foreach (string user in changed.Users.Take(12).Append("someone new").Append("nobody"))
            {
                changed.History(user).Should().Equal(first.History(user), which);
                Recommendation[] expected = [.. first.Recommend(user, 100)], actual = [.. changed.Recommend(user, 100)];
                actual.Should().Equal(expected, (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-5f, $"{user}: {which}");
            }

            changed.SimilarItems("added", 20).Should().Equal(
                first.SimilarItems("added", 20), (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-5f, which);
        }
    }

    [Fact]
    public void What_is_done_and_undone_was_never_done()
    {
        Recommender before = Served.Recommender;
        var content = new ItemContent("visitor", Served.Features(Served.ColdItems[0]));
        string cold = Served.Data.Items[Served.ColdItems[1]];
        Recommender[] back =
        [
            before.WithItems([content]).WithoutItems(["visitor"]),
            before.WithItems([content]).WithItems([content]).WithoutItems(["visitor", "visitor"]),
            before.WithoutItems([cold]).WithItems([new ItemContent(cold, Served.Features(Served.ColdItems[1]))]),
            before.WithoutItems([]).WithItems([]),
        ];
        foreach (Recommender recommender in back)
        {
            recommender.Items.Should().Equal(before.Items);
            foreach (string user in Served.Data.Users.Ids.Take(20).Append("nobody"))
            {
                recommender.Recommend(user, 300).Should().Equal(
                    before.Recommend(user, 300), (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-5f);
            }
        }
    }

    /// <summary>Rows alone, a trained model, one with an item-to-item part, and one with rows of bytes.</summary>
    private static Recommender Any(int n) => (n % 4) switch
    {
        0 => Plain,
        1 => Served.Recommender,
        2 => Grown.Recommender,
        _ => Rounded.Value,
    };

    private static Recommender Build(
        string[] userIds, float[] userRows, string[] itemIds, float[] itemRows, int[]? userOrder = null, int[]? itemOrder = null)
    {
        // User u has items 3 u to 3 u + 5, wherever the order puts them.
        (int, int)[] seen = [.. Enumerable.Range(0, Users).SelectMany(u => Enumerable.Range(3 * u, 6).Select(i => (
            userOrder is null ? u : Array.IndexOf(userOrder, u), itemOrder is null ? i : Array.IndexOf(itemOrder, i))))];
        return Recommender.FromEmbeddings(
            userIds, userRows, itemIds, itemRows, new InteractionSet(userIds.Length, itemIds.Length, seen));
    }

    private static float[] Rows(float[] rows, int[] order) => [.. order.SelectMany(row => rows.AsSpan(row * D, D).ToArray())];

    private static int[] Shuffled(int count, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new SeededRandom(seed).Shuffle(order.AsSpan());
        return order;
    }

    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count)
            .Select(at => (int[])[.. order[..at], count - 1, .. order[at..]]));

    private static string Item(Recommender recommender, SeededRandom random)
        => recommender.Items.ElementAt(random.NextInt(recommender.Items.Count));

    private static RecommendationRequest Draw(Recommender recommender, SeededRandom random)
    {
        var request = new RecommendationRequest { ExcludeSeen = random.NextInt(2) == 0, Excluded = [Item(recommender, random), "?"] };
        request = random.NextInt(4) switch
        {
            0 => request with { History = [Item(recommender, random), Item(recommender, random)] },
            1 => request with { UserId = "nobody" },
            _ => request with { UserId = recommender.Users.ElementAt(random.NextInt(recommender.Users.Count)) },
        };
        if (random.NextInt(4) == 0)
            request = request with { Candidates = [.. Enumerable.Range(0, 30).Select(_ => Item(recommender, random))] };
        if (random.NextInt(4) == 0)
            request = request with { Filter = id => id.Length % 2 == 0 };
        return random.NextInt(4) == 0 ? request with { MinimumScore = 0.05f } : request;
    }
}
