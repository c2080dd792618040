using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>Every way that a request can go, over a catalogue of six items whose answers are known.</summary>
public sealed class RankingTests
{
    // Scores of anna: a 1, b 1, c 0, d 2 (which she has), e 0; of c and d one user each. f came later.
    private static readonly Recommender Tiny = new(RecommenderTests.Tiny().Model is var model ? model with
    {
        Items = model.Items.With([], [], [3, 0]),
        ItemBehavior = model.Items.With([], [], [3, 0]),
        Changes = CatalogueChanges.None.Next([], [], [], ["f"], 5),
    } : null!);

    private static readonly Recommender Stocked = Tiny.WithMetadata(Shelf.Of([.. Tiny.Items]));

    public static TheoryData<string, RecommendationRequest, string> Requests
    {
        get
        {
            RecommendationRequest anna = new() { UserId = "anna" }, nobody = new() { UserId = "nobody" };
            return new()
            {
                { "user", anna, "f3 a1 b1 c0 e0" },
                { "popularity", nobody, "c1 d1 a0 b0 e0 f0" },
                { "seen ones too", anna with { ExcludeSeen = false }, "f3 d2 a1 b1 c0 e0" },
                { "three", anna with { Count = 3 }, "f3 a1 b1" },
                { "more than there are", anna with { Count = int.MaxValue }, "f3 a1 b1 c0 e0" },
                { "five popular", nobody with { Count = 5 }, "c1 d1 a0 b0 e0" },
                { "one popular", nobody with { Count = 1 }, "c1" },
                { "no popular", nobody with { Count = 0 }, "" },
                { "a lowest score", anna with { MinimumScore = 1 }, "f3 a1 b1" },
                { "popularity has no lowest score", nobody with { MinimumScore = 100 }, "c1 d1 a0 b0 e0 f0" },
                { "excluded", anna with { Excluded = ["a", "f", "?"] }, "b1 c0 e0" },
                { "popular without excluded", nobody with { Excluded = ["c", "f"] }, "d1 a0 b0 e0" },
                { "candidates", anna with { Candidates = ["e", "d", "f", "b", "?"] }, "f3 b1 e0" },
                { "no candidates", anna with { Candidates = [] }, "" },
                { "popular candidates", nobody with { Candidates = ["f", "e", "d", "?"], Count = 2 }, "d1 e0" },
                { "popular candidates have no lowest score", nobody with { Candidates = ["e", "d"], MinimumScore = 100 }, "d1 e0" },
                { "popular candidates in order", nobody with { Candidates = ["f", "e", "c", "d"] }, "c1 d1 e0 f0" },
                { "a filter", anna with { Filter = id => id is "a" or "f" or "d" }, "f3 a1" },
                { "a popular filter", nobody with { Filter = id => id is not "c" and not "b", Count = 4 }, "d1 a0 e0 f0" },
                { "a condition", anna with { Where = [new() { Column = "price", Max = 50 }] }, "b1 e0" },
                { "popular conditions", nobody with { Where = [new() { Column = "price", Min = 30 }, new() { Column = "released" }] },
                    "c1 b0 e0 f0" },
                { "a history", new() { History = ["c"], ExcludeSeen = false }, "c4 d2 b1 a0 e0 f0" },
                { "a history in which nobody has anything", new() { History = ["a", "?"] }, "c1 d1 b0 e0 f0" },
                { "a quota", anna with { Quotas = [new() { Column = "kind", Max = 5 }] }, "f3 a1 b1 c0 e0" },
                { "a popular quota", nobody with { Quotas = [new() { Column = "kind", Max = 5 }] }, "c1 d1 a0 b0 e0 f0" },
                { "a quota of candidates",
                    anna with { Candidates = ["e", "b", "a"], Quotas = [new() { Column = "kind", Max = 5 }] }, "a1 b1 e0" },
                { "a quota of popular candidates",
                    nobody with { Candidates = ["e", "d"], Quotas = [new() { Column = "kind", Max = 5 }] }, "d1 e0" },
                { "a boost", anna with { Boosts = [new() { Where = new() { Column = "kind", In = ["kind-4"] }, Weight = 9 }], Count = 2 },
                    "e0 f3" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Each_request_has_its_answer_alone_and_among_others(string name, RecommendationRequest request, string answer)
    {
        static string Text(RecommendationList list) => string.Join(' ', list.Select(r => $"{r.Item}{r.Score}"));
        Text(Stocked.Recommend(request)).Should().Be(answer, name);
        RecommendationRequest other = new() { UserId = "bé", Count = 2 };
        IReadOnlyList<RecommendationList> lists = Stocked.Recommend([other, request, other, request]);
        lists.Select(Text).Should().Equal("d4 b2", answer, "d4 b2", answer);
    }

    [Fact]
    public void Items_that_are_not_offered_are_in_no_answer()
    {
        Recommender fewer = Tiny.WithoutItems(["c", "b"]);
        fewer.Recommend("anna").Select(r => r.Item).Should().Equal("f", "a", "e");
        fewer.Recommend("nobody").Select(r => r.Item).Should().Equal("d", "a", "e", "f");
        fewer.Recommend(new RecommendationRequest { Candidates = ["b", "d"] }).UnknownItems.Should().Equal("b");
    }

    [Fact]
    public void Only_scores_of_users_who_are_known_are_probabilities()
    {
        Recommender calibrated = Tiny.WithCalibration(
            new Calibration(new CalibrationForm { Depth = 1, Items = 4, Hits = 1 }, [0, 2], [0.125f, 0.25f]));
        calibrated.Recommend("anna").Select(r => r.Probability).Should().Equal(0.25f, 0.1875f, 0.1875f, 0.125f, 0.125f);
        calibrated.Recommend("nobody").Should().OnlyContain(r => r.Probability == null);
        calibrated.Recommend(new RecommendationRequest { History = ["d"] }).Should().OnlyContain(r => r.Probability == null);
    }

    [Fact]
    public void What_was_not_let_into_an_answer_is_counted()
    {
        Filtered(new() { UserId = "anna" }).Should().Be(1, "she has d");
        Filtered(new() { UserId = "nobody", Excluded = ["c"], Filter = id => id != "e" }).Should().Be(2);
        Filtered(new() { UserId = "nobody" }).Should().Be(0);
        Filtered(new() { UserId = "anna", Diversity = new() }).Should().Be(1);
        Filtered(new() { UserId = "anna", Boosts = [new() { Where = new() { Column = "price" }, Weight = 1 }] }).Should().Be(1);
        Filtered(new() { UserId = "anna", Quotas = [new() { Column = "kind", Max = 1 }] }).Should().Be(1);

        static int Filtered(RecommendationRequest request)
        {
            var ranking = new Ranking(Stocked.Model, request);
            if (ranking.GoesOverAll)
                Ranking.RunAll(Stocked.Model, [ranking]);
            else
                ranking.RunAlone();
            ranking.KeepsScores.Should().Be(request.IsReranked);
            return ranking.Filtered;
        }
    }
}
