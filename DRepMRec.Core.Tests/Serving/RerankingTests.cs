using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

public sealed class RerankingTests
{
    private static readonly string[] Letters = ["a", "b", "c", "d", "e"];

    /// <summary>anna's scores are a 1, b 1, c 0, d 2, e 0, their mean 0.8 and their deviation sqrt(0.56); she has d.</summary>
    private static readonly Recommender Tiny = RecommenderTests.Tiny().WithMetadata(ItemMetadata.Of(Letters,
        MetadataColumn.Category("kind", ["x", "x", "y", "x", null]), MetadataColumn.Number("price", [10, 20, 30, 40, null]),
        MetadataColumn.Date("day", [.. Enumerable.Range(1, 4).Select(d => (DateTimeOffset?)Day(d)), null]),
        MetadataColumn.Text("title", ["A", null, "C", "D", null])));

    [Fact]
    public void A_row_as_short_as_numbers_can_be_leaves_the_list_as_long_as_it_was_asked_for()
    {
        var seen = new InteractionSet(2, 5, [(0, 0), (1, 0), (0, 1), (1, 2)]);
        Recommender r = Recommender.FromEmbeddings(
            ["u", "v"], [1f, 0, 0, 1], Letters, [1e-40f, 0, 1, 0, 0, 1, 1, 1, 1, -1], seen);
        r.Recommend(new RecommendationRequest { UserId = "nobody", Count = 5, Diversity = new Diversity() }).Should().HaveCount(5);
    }

    [Fact]
    public void Conditions_are_met_by_the_items_that_meet_them()
    {
        Answer(new ItemCondition { Column = "kind", In = ["x"] }).Should().Equal("d", "a", "b");
        Answer(new ItemCondition { Column = "kind", In = ["y", "nothing"] }).Should().Equal("c");
        Answer(new ItemCondition { Column = "kind", In = [] }).Should().BeEmpty();
        Answer(new ItemCondition { Column = "kind", NotIn = ["x"] }).Should().Equal(["c", "e"], "what has no category is in none of these");
        Answer(new ItemCondition { Column = "kind", In = ["x"], AllowMissing = true }).Should().Equal("d", "a", "b", "e");
        Answer(new ItemCondition { Column = "kind" }).Should().Equal("d", "a", "b", "c");
        Answer(new ItemCondition { Column = "price", Min = 20, Max = 30 }).Should().Equal("b", "c");
        Answer(new ItemCondition { Column = "price", Max = 10, AllowMissing = true }).Should().Equal("a", "e");
        Answer(new ItemCondition { Column = "day", From = Day(2), Before = Day(4) }).Should().Equal("b", "c");
        Answer(new ItemCondition { Column = "title" }).Should().Equal("d", "a", "c");
        Answer(new ItemCondition { Column = "kind", In = ["x"] }, new ItemCondition { Column = "title" }).Should().Equal("d", "a");
        Answer(new ItemCondition { Column = "price", Max = 10 }).Should().Equal("a");
        Answer(new ItemCondition { Column = "price", Min = 20, Max = 20 }).Should().Equal("b");
        Answer(new ItemCondition { Column = "price", Min = 40 }).Should().Equal("d");
        Answer(new ItemCondition { Column = "day", Before = Day(2) }).Should().Equal("a");
        Answer(new ItemCondition { Column = "day", From = Day(4), AllowMissing = true }).Should().Equal("d", "e");

        string[] Answer(params ItemCondition[] where) => Items(Ask() with { Where = where });
    }

    [Fact]
    public void Items_without_metadata_have_no_values_and_an_item_may_be_in_many_categories()
    {
        Recommender some = Tiny.WithMetadata(ItemMetadata.Of(["b", "d", "z"], MetadataColumn.Categories("tags", [["x", "y"], ["y"], ["x"]]),
            MetadataColumn.Number("price", [1, 2, 3]), MetadataColumn.Date("day", [Day(1), Day(2), Day(3)]),
            MetadataColumn.Text("title", ["B", "D", "Z"])));
        foreach (ItemCondition any in new ItemCondition[]
        {
            new() { Column = "tags", In = ["x", "y"] }, new() { Column = "price", Min = 0 }, new() { Column = "day", From = Day(1) },
        })
        {
            Answer(any).Should().Equal("d", "b");
            Answer(any with { AllowMissing = true }).Should().Equal("d", "a", "b", "c", "e");
        }

        Answer(new() { Column = "title" }).Should().Equal("d", "b");
        Answer(new() { Column = "tags", In = ["y"], NotIn = ["x"] }).Should().Equal("d");
        Answer(new() { Column = "tags", NotIn = ["x"] }).Should().Equal("d", "a", "c", "e");
        some.Recommend(Ask() with { Quotas = [new() { Column = "tags", Max = 1 }] }).Select(r => r.Item)
            .Should().Equal("d", "a", "c", "e");

        string[] Answer(ItemCondition where) => [.. some.Recommend(Ask() with { Where = [where] }).Select(r => r.Item)];
    }

    [Fact]
    public void A_boost_adds_its_weight_in_deviations_and_leaves_the_score_as_it_is()
    {
        // c gets 0 + 2 · 0.748 = 1.5, before a and b with 1; with 3 it has 2.24, before d.
        ItemBoost Boost(double weight) => new() { Where = new() { Column = "kind", In = ["y"] }, Weight = weight };
        Items(Ask() with { Boosts = [Boost(2)] }).Should().Equal("d", "c", "a", "b", "e");
        Items(Ask() with { Boosts = [Boost(3)], Count = 2 }).Should().Equal("c", "d");
        Items(Ask() with { Boosts = [Boost(2), Boost(1)], Count = 2 }).Should().Equal(["c", "d"], "weights add up");
        Items(Ask() with { Boosts = [Boost(-0.1)] }).Should().Equal("d", "a", "b", "e", "c");
        Tiny.Recommend(Ask() with { Boosts = [Boost(3)] })[0].Should().Be(new Recommendation("c", 0));
        Items(Ask() with { Boosts = [Boost(3)], MinimumScore = 0.5f })
            .Should().Equal(["d", "a", "b"], "it's the model's score that counts");
        Items(Ask() with { Boosts = [Boost(3)], MinimumScore = 1 }).Should().Equal(["d", "a", "b"], "the least is in");
    }

    [Fact]
    public void Quotas_pass_over_what_would_be_too_many()
    {
        Items(Ask() with { Quotas = [new() { Column = "kind", Max = 1 }] }).Should().Equal("d", "c", "e");
        Items(Ask() with { Quotas = [new() { Column = "kind", Max = 2 }], Count = 3 }).Should().Equal("d", "a", "c");
        Items(Ask() with { Quotas = [new() { Column = "kind", Category = "y", Max = 0 }] }).Should().Equal("d", "a", "b", "e");
        Items(Ask() with { Quotas = [new() { Column = "kind", Max = 1 }], Pool = 1, Count = 2 })
            .Should().Equal(["d", "c"], "the next pools follow");
        Items(Ask() with { Quotas = [new() { Column = "kind", Category = "none", Max = 0 }] }).Should().HaveCount(5);
    }

    [Fact]
    public void What_a_filter_refuses_is_not_asked_about_again_by_the_next_pools()
    {
        Recommender tiny = RecommenderTests.Tiny().WithMetadata(
            ItemMetadata.Of(Letters, MetadataColumn.Category("kind", ["x", "x", "x", null, "y"])));
        var asked = new List<string>();
        RecommendationList list = tiny.Recommend(Ask() with
        {
            Quotas = [new() { Column = "kind", Max = 1 }],
            Pool = 1,
            Count = 2,
            Filter = id =>
            {
                asked.Add(id);
                return id != "d";
            },
        });
        list.Select(r => r.Item).Should().Equal(["a", "e"], "b and c would be too many");
        asked.Should().Equal("a", "b", "d", "e");
    }

    [Fact]
    public void Marginal_relevance_worked_out_by_hand()
    {
        // Rows: a (1,0), b (1,1), c (0,4), d (2,2), e (0,0). Scores from 0 to 1 over the pool: d 1, a and b 0.5, c and e 0. With
        // λ = 0.5: d; then a 0.25 - 0.354, b 0.25 - 0.5, c -0.354, e 0: e, which is like nothing; then a -0.104; b and c come to -0.25
        // and -0.354.
        Items(Ask() with { Diversity = new() { Lambda = 0.5 } }).Should().Equal("d", "e", "a", "b", "c");
        Items(Ask() with { Diversity = new() { Lambda = 1 } }).Should().Equal("d", "a", "b", "c", "e");
        Items(Ask() with { Diversity = new() { Lambda = 0.5 }, Pool = 2, Count = 2 })
            .Should().Equal(["d", "a"], "the pool is d and a");
        Items(Ask() with { Diversity = new() { Lambda = 0.5 }, Quotas = [new() { Column = "kind", Max = 1 }] })
            .Should().Equal("d", "e", "c");
        Items(Ask() with { Diversity = new() { Lambda = 0.5 }, Candidates = ["a", "b"] })
            .Should().Equal(["a", "b"], "scores that are all equal don't count");
        Recommender alike = Recommender.FromEmbeddings(["u"], [1, 1], ["long", "first", "second"], [3, 0, 1, 1, 1, 1]);
        alike.Recommend(new RecommendationRequest { UserId = "u", Diversity = new() { Lambda = 0.5 } }).Select(r => r.Item)
            .Should().Equal("long", "first", "second");
    }

    [Fact]
    public void Popularity_is_reranked_by_numbers_of_users()
    {
        RecommendationRequest nobody = new() { Boosts = [new() { Where = new() { Column = "kind", In = ["x"] }, Weight = 0.1 }] };
        Tiny.Recommend(nobody).Should().Match<RecommendationList>(l => l.Source == RecommendationSource.Popularity)
            .And.Subject.Select(r => r.Item).Should().Equal("d", "c", "a", "b", "e");
        Items(nobody with { Candidates = ["c", "e", "a"] }).Should().Equal("c", "a", "e");
    }

    [Fact]
    public void Exploration_draws_by_softmax_without_putting_back_and_follows_from_its_seed()
    {
        var request = new RecommendationRequest { UserId = "anna", Count = 2, Exploration = new() { Temperature = 1 } };
        RecommendationRequest Seeded(int seed) => request with { Exploration = request.Exploration with { Seed = seed } };
        const int Draws = 20_000;
        Dictionary<string, int> pairs = Tiny.Recommend([.. Enumerable.Range(0, Draws).Select(Seeded)])
            .GroupBy(l => l[0].Item + l[1].Item).ToDictionary(g => g.Key, g => g.Count());

        double deviation = Math.Sqrt(0.56);
        Dictionary<string, double> weights = new() { ["a"] = 1, ["b"] = 1, ["c"] = 0, ["e"] = 0 };
        double Weight(string item) => Math.Exp(weights[item] / deviation);
        double all = weights.Keys.Sum(Weight);
        foreach (string first in weights.Keys)
        {
            foreach (string second in weights.Keys.Where(i => i != first))
            {
                double p = Weight(first) / all * Weight(second) / (all - Weight(first));
                pairs.GetValueOrDefault(first + second).Should()
                    .BeCloseTo((int)(p * Draws), (uint)(5 * Math.Sqrt(p * (1 - p) * Draws)), "of {0}, {1}", first, second);
            }
        }

        Items(Seeded(5)).Should().Equal(Items(Seeded(5)));
        Items(request with { Exploration = new() { Temperature = 0 } }).Should().Equal("a", "b");
        Enumerable.Range(0, 20).Count(seed => !Noise(seed, "anna").Equals(Noise(seed, "bé")))
            .Should().Be(20, "users differ under one seed");
        Enumerable.Range(0, 20).Select(seed => Items(Seeded(seed) with { Candidates = ["a", "b"] })[0])
            .Should().Contain(["a", "b"], "there is noise where all scores are equal, too");

        static double Noise(int seed, string user) => new GumbelNoise(seed, user)["a"];
    }

    [Fact]
    public void Equal_items_come_in_the_order_of_the_catalogue_and_scores_that_are_none_never()
    {
        string[] ids = [.. Enumerable.Range(0, 40).Select(n => $"i{n}")];
        Recommender equal = Recommender.FromEmbeddings(["u"], [1], ids, [.. Enumerable.Repeat(1f, 40)]);
        Recommender beyond = Recommender.FromEmbeddings(["u"], [1e30f], Letters, [1, 1e30f, 3, -1e30f, 2])
            .WithMetadata(Tiny.Metadata);
        RecommendationRequest request = new() { UserId = "u", Count = 40 };
        RecommendationRequest[] choices =
        [
            request, request with { Exploration = new() { Temperature = 0 } }, request with { Diversity = new() { Lambda = 1 } },
            request with { Boosts = [new() { Where = new() { Column = "kind" }, Weight = 0 }] },
        ];
        foreach (RecommendationRequest choice in choices)
        {
            beyond.Recommend(choice).Select(r => r.Item).Should().Equal("c", "e", "a");
            if (choice.Boosts.Count == 0)
                equal.Recommend(choice).Select(r => r.Item).Should().Equal(ids);
        }
    }

    [Fact]
    public void Any_mixture_gives_what_a_slow_reference_gives_alone_and_in_a_batch()
    {
        var random = new SeededRandom(18);
        RecommendationRequest[] requests = [.. Enumerable.Range(0, 300).Select(_ => RerankingReference.Draw(random))];
        IReadOnlyList<RecommendationList> batch = Shelf.Recommender.Recommend(requests);
        for (int n = 0; n < requests.Length; n++)
        {
            batch[n].Should().Equal(RerankingReference.Answer(Shelf.Recommender, requests[n]), "of {0}",
                JsonSerializer.Serialize(requests[n]));
            batch[n].Should().Equal(Shelf.Recommender.Recommend(requests[n]));
        }

        batch.Count(l => l.Count == 0).Should().BeLessThan(60, "most requests are to have an answer");
    }

    [Fact]
    public void A_request_comes_back_from_json_with_all_it_had()
    {
        var random = new SeededRandom(19);
        for (int n = 0; n < 50; n++)
        {
            RecommendationRequest request = RerankingReference.Draw(random);
            string json = JsonSerializer.Serialize(request);
            RecommendationRequest read = JsonSerializer.Deserialize<RecommendationRequest>(json)!;
            JsonSerializer.Serialize(read).Should().Be(json);
            Shelf.Recommender.Recommend(read).Should().Equal(Shelf.Recommender.Recommend(request));
        }
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        ItemCondition kind = new() { Column = "kind" };
        Refused(new() { Where = [new() { Column = "prize", Max = 3 }] },
            "There is no column 'prize' of metadata; there are 'kind' (Category), 'price' (Number), 'day' (Date), 'title' (Text).*");
        Refused(new() { Where = [kind with { Max = 3 }] }, "The column 'kind' is of Category; Min and Max asks a column of Number.*");
        Refused(new() { Where = [new() { Column = "price", In = ["1"] }] },
            "The column 'price' is of Number; In and NotIn asks a column of Category.*");
        Refused(new() { Where = [new() { Column = "title", From = Day(1) }] },
            "The column 'title' is of Text; From and Before asks a column of Date.*");
        Refused(new() { Where = [new() { Column = "price", Min = 3, Max = 2.5 }] },
            "No value of the column 'price' is at least 3 and at most 2.5.*");
        Refused(new() { Where = [new() { Column = "day", From = Day(2), Before = Day(2) }] }, "No value of the column 'day' is from 2026*");
        Refused(new() { Where = [kind with { AllowMissing = true }] }, "The condition on the column 'kind' asks nothing*");
        Refused(new() { Quotas = [new() { Column = "price", Max = 1 }] },
            "A quota asks for a column of Category; 'price' is of Number.*");
        Refused(new() { Diversity = new() { Space = RepresentationSpace.Content } },
            "The model can't compare items in the space Content; it can in Fused.*");
        Recommender without = Tiny.WithMetadata(null);
        foreach (RecommendationRequest request in new RecommendationRequest[]
        {
            new() { Where = [kind] }, new() { Boosts = [new() { Where = kind, Weight = 1 }] },
            new() { Quotas = [new() { Column = "kind", Max = 1 }] },
        })
        {
            FluentActions.Invoking(() => without.Recommend(request)).Should().Throw<ArgumentException>()
                .WithMessage("* the column 'kind'; the recommender has no metadata (Recommender.WithMetadata adds it).*");
        }

        Impossible(() => new CategoryQuota { Column = "kind", Max = -1 }, "Max must be 0 or above.*");
        Impossible(() => new Diversity { Lambda = 1.5 }, "Lambda must be from 0 to 1.*");
        Impossible(() => new Diversity { Lambda = double.NaN }, "Lambda must be from 0 to 1.*");
        Impossible(() => new Exploration { Temperature = -1 }, "Temperature must be from 0 to 1000.*");
        Impossible(() => new ItemBoost { Where = kind, Weight = double.PositiveInfinity }, "Weight must be from -1000 to 1000.*");
        Impossible(() => new RecommendationRequest { Pool = 0 }, "Pool must be above 0.*");
        Impossible(() => new RecommendationRequest { Boosts = [null!] }, "Boosts has an entry that is null.*");
        Impossible(() => new ItemCondition { Column = "" }, "*empty*");
        Impossible(() => new ItemCondition { Column = "price", Max = double.NaN }, "Expected a number, got NaN.*");
        Impossible(() => new ItemCondition { Column = "kind", In = [null!] }, "A category is null.*");

        static void Refused(RecommendationRequest request, string message)
            => FluentActions.Invoking(() => Tiny.Recommend(request)).Should().Throw<ArgumentException>().WithMessage(message);
        static void Impossible(Func<object> create, string message) => create.Should().Throw<ArgumentException>().WithMessage(message);
    }

    private static RecommendationRequest Ask() => new() { UserId = "anna", ExcludeSeen = false };

    private static string[] Items(RecommendationRequest request) => [.. Tiny.Recommend(request).Select(r => r.Item)];

    private static DateTimeOffset Day(int day) => new(2026, 3, day, 0, 0, 0, TimeSpan.Zero);
}
