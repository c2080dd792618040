using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Fusions;
using ReproduceResults.Studies;

namespace DRepMRec.Tests.Serving;

public sealed class ExplanationTests
{
    [Fact]
    public void The_parts_add_up_to_the_score_and_the_score_is_that_of_the_recommendation()
    {
        RecommendationRequest[] requests =
        [
            .. Served.Data.Users.Ids.Take(20).Select(u => new RecommendationRequest { UserId = u }),
            new RecommendationRequest { History = Served.Recommender.History(Served.Data.Users[7]) },
            new RecommendationRequest { History = [Served.Data.Items[Served.ColdItems[0]]] },
        ];
        foreach (RecommendationRequest request in requests)
            RequireSum(Served.Recommender, request);
    }

    [Theory]
    [MemberData(nameof(FusionTests.Sums), MemberType = typeof(FusionTests))]
    public void The_parts_add_up_under_every_fusion_that_is_a_sum(string name)
    {
        foreach (RankingLoss loss in new RankingLoss[] { new RankingLoss.SampledSoftmax(), new RankingLoss.Bpr() })
        {
            Recommender r = Served.Build(
                new DRepMRecOptions { Alignment = new BmaOptions { Fusion = FusionTests.Create(name) }, Loss = loss });
            r.Manifest.Modalities.Should().Equal(Modality.Image, Modality.Text);
            RequireSum(r, new RecommendationRequest { UserId = Served.Data.Users[3] });
            r.FeatureDimensions.Should().HaveCount(2);
        }
    }

    [Fact]
    public void Half_of_what_two_parts_make_together_belongs_to_each()
    {
        var form = new ModelForm { Lines = new FusionForm(), LineDimension = 1, Modalities = [new ModalityForm { Name = "image" }] };
        RowStore One(float value) => RowStore.Of([value], 1);
        var manifest = new ModelManifest(2, "", "", "", 1, 1, 1, new Dictionary<string, double>()) { Form = form };
        ServingModel model = ServingModel.OfFusedRows(manifest, ["u"], ["i"], One(2 + 3), One(5 + 7), new InteractionSet(1, 1, [(0, 0)]));
        var r = new Recommender(model with { UserBehavior = One(2), ItemBehavior = One(5), UserModal = [One(3)], ItemModal = [One(7)] });
        Explanation why = r.Explain("u", "i")!;
        why.Score.Should().Be(60);
        why.Behavior.Should().Be((2 * 5) + (((2 * 7) + (3 * 5)) / 2f));
        why.Modalities[Modality.Image].Should().Be((3 * 7) + (((2 * 7) + (3 * 5)) / 2f));
    }

    [Fact]
    public void A_fusion_that_is_no_sum_says_so_instead_of_numbers()
    {
        Recommender r = Served.Build(new DRepMRecOptions { Alignment = new BmaOptions { Fusion = new LearnedGate() } });
        Explanation why = r.Explain(Served.Data.Users[0], Served.Data.Items[0])!;
        why.Behavior.Should().BeNull();
        why.Modalities.Should().BeEmpty();
        why.Unexplained.Should().Be("The model's file doesn't have the lines that were fused, or their fusion isn't a sum.");
        r.FeatureDimensions.Should().BeEmpty();
        r.Recommend(new RecommendationRequest { History = r.History(Served.Data.Users[0]) }).Source
            .Should().Be(RecommendationSource.FoldIn);
        FoldInTests.Overlap(r, Served.Data).Should().BeGreaterThan(0.5);
    }

    [Fact]
    public void Without_a_modal_line_all_of_a_score_is_behaviour()
    {
        Recommender r = Served.Build(DRepMRecOptions.LightGcn);
        Explanation why = r.Explain(Served.Data.Users[0], Served.Data.Items[0])!;
        why.Behavior.Should().BeApproximately(why.Score, 1e-6f);
        why.Modalities.Should().BeEmpty();
        r.Spaces.Should().Equal(RepresentationSpace.Fused, RepresentationSpace.Behavior);
    }

    [Fact]
    public void Supporters_are_the_items_of_the_history_that_are_most_like_the_item()
    {
        string user = Served.Data.Users[2];
        string item = Served.Recommender.Recommend(user, 1)[0].Item;
        IReadOnlyList<Recommendation> supporters = Served.Recommender.Explain(user, item, 4)!.Supporters;
        string[] history = [.. Served.Recommender.History(user)];
        supporters.Select(s => s.Item)
            .Should().Equal(Served.Recommender.SimilarItems(item, 1000).Where(s => history.Contains(s.Item)).Take(4).Select(s => s.Item));
        Served.Recommender.Explain("nobody", item)!
            .Should().Match<Explanation>(e => e.Supporters.Count == 0 && e.Source == RecommendationSource.Popularity
                && e.Unexplained != null);
    }

    private static void RequireSum(Recommender recommender, RecommendationRequest request)
    {
        foreach (var (item, score) in recommender.Recommend(request with { Count = 10 }))
        {
            Explanation why = recommender.Explain(request, item)!;
            why.Score.Should().Be(score);
            why.Unexplained.Should().BeNull();
            (why.Behavior!.Value + why.Modalities.Values.Sum()).Should().BeApproximately(score, 1e-4f * MathF.Max(1, MathF.Abs(score)));
        }
    }
}
