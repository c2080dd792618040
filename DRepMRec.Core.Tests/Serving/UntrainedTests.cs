using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>Users and items without a training interaction: no gradient has touched their rows, and nothing goes by them.</summary>
public sealed class UntrainedTests
{
    private static readonly RecDataset Data = Make();

    public static TheoryData<string> Models => ["BPR-MF", "LightGCN", "VBPR", "DRepMRec"];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_user_without_training_gets_what_somebody_unknown_gets(string name)
    {
        Recommender r = Train(name);
        RecommendationList unknown = r.Recommend("nobody", 30);
        unknown.Source.Should().Be(RecommendationSource.Popularity);
        RecommendationRequest[] requests = [.. new[] { "cold", "colder", "nobody", "u0" }
            .Select(u => new RecommendationRequest { UserId = u, Count = 30 })];
        IReadOnlyList<RecommendationList> batch = r.Recommend(requests);
        foreach (int n in new[] { 0, 1 })
        {
            batch[n].Should().Equal(unknown);
            batch[n].Source.Should().Be(RecommendationSource.Popularity);
            r.Recommend(requests[n]).Should().Equal(unknown);
        }

        batch[3].Source.Should().Be(RecommendationSource.User);
        r.Explain("cold", "i0")!.Should().Match<Explanation>(e => e.Source == RecommendationSource.Popularity
            && e.Score == unknown.Single(i => i.Item == "i0").Score && e.Unexplained != null);
        r.Recommend(new RecommendationRequest { UserId = "cold", History = ["i0", "i1"] }).Source.Should().Be(RecommendationSource.FoldIn);
        r.History("cold").Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Users_without_training_are_like_nobody_by_behaviour(string name)
    {
        Recommender r = Train(name);
        r.SimilarUsers("cold", 100, RepresentationSpace.Behavior).Should().HaveCount(Data.Users.Count - 1)
            .And.OnlyContain(u => u.Score == 0);
        r.SimilarUsers("u0", 100, RepresentationSpace.Behavior).Where(u => u.User is "cold" or "colder").Should().HaveCount(2)
            .And.OnlyContain(u => u.Score == 0);
        foreach (RepresentationSpace space in r.Spaces)
        {
            r.SimilarUsers("cold", 100, space).Should().HaveCount(Data.Users.Count - 1).And.OnlyContain(u => u.Score == 0);
            IReadOnlyList<SimilarUser> known = r.SimilarUsers("u0", 100, space);
            known.Should().HaveCount(Data.Users.Count - 1).And.BeInDescendingOrder(u => u.Score);
            known.Where(u => u.User is "cold" or "colder").Should().HaveCount(2).And.OnlyContain(u => u.Score == 0);
            r.SimilarUsers("u0", 3, space).Should().Equal(known.Take(3));
        }
    }

    [Theory]
    [InlineData("BPR-MF")]
    [InlineData("LightGCN")]
    public void An_item_that_nobody_chose_has_no_score_where_there_is_no_content(string name)
    {
        Recommender r = Train(name);
        r.Recommend("u0", 1000).Single(i => i.Item == "cold item").Score.Should().Be(0);
        r.Explain("u0", "cold item")!.Score.Should().Be(0);
        r.SimilarItems("cold item", 1000).Should().OnlyContain(i => i.Score == 0);
        r.SimilarItems("i0", 1000).Single(i => i.Item == "cold item").Score.Should().Be(0);
    }

    [Theory]
    [InlineData("VBPR")]
    [InlineData("DRepMRec")]
    public void An_item_that_nobody_chose_has_one_by_its_content(string name)
        => Train(name).Recommend("u0", 1000).Single(i => i.Item == "cold item").Score.Should().NotBe(0);

    [Fact]
    public void An_item_that_nobody_chose_is_like_nothing_by_behaviour()
        => Train("DRepMRec").SimilarItems("cold item", 1000, RepresentationSpace.Behavior).Should().OnlyContain(i => i.Score == 0);

    private static Recommender Train(string name)
    {
        int users = Data.Users.Count, items = Data.Items.Count;
        var alone = new DRepMRecOptions { EmbeddingDim = 4, UseModalLine = false, Loss = new RankingLoss.Bpr() };
        using var features = new ModalFeatures(Data.Features);
        using DRepMRecModel model = name switch
        {
            "BPR-MF" => DRepMRecModel.Create(Data,
                new MatrixFactorizationEncoder(users, items, new MatrixFactorizationOptions { EmbeddingDim = 4 }), alone),
            "LightGCN" => DRepMRecModel.Create(Data, new LightGcnEncoder(users, items, new LightGcnOptions { EmbeddingDim = 4 }), alone),
            "VBPR" => DRepMRecModel.Create(Data, new VbprEncoder(users, features), alone),
            _ => DRepMRecModel.Create(Data, new DRepMRecOptions { EmbeddingDim = 4 }),
        };
        return new Trainer(model, Data, new TrainerOptions { MaxEpochs = 2, BatchSize = 32 }).Fit().BuildRecommender();
    }

    private static RecDataset Make()
    {
        List<Interaction> rows = [.. Enumerable.Range(0, 80)
            .Select(n => new Interaction($"u{n / 4}", $"i{((n / 4) + (n % 4 * (n % 3))) % 12}", null, null, 0))
                .DistinctBy(r => (r.User, r.Item))];
        rows.AddRange([new("cold", "i0", null, null, 2), new("colder", "i1", null, null, 2), new("u0", "cold item", null, null, 2)]);
        string[] ids = [.. rows.Select(r => r.Item).Distinct()];
        var pictures = new FeatureTable(Modality.Image, ids, 3, Enumerable.Range(0, ids.Length * 3)
            .Select(n => (float)((n * 7 % 11) - 5)).ToArray());
        return RecDataset.FromInteractions("cold", rows, [pictures],
            new DatasetOptions { Split = SplitStrategy.ByLabel(allowMissing: true) });
    }
}
