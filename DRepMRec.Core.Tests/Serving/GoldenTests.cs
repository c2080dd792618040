using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>A file of each format, written when it was new: they stay readable, and mean the same.</summary>
public sealed class GoldenTests
{
    private static readonly Recommendation[] Expected = [new("item-3", 0.88260525f), new("item-15", 0.71965617f),
        new("item-13", 0.6208558f)];
    private static readonly Recommendation ExpectedNeighbor = new("item-11", 0.7746749f);

    [Fact]
    public void Format_1_is_read_as_it_was_meant()
    {
        Recommender r = Recommender.Load(Golden(1));
        r.Manifest.Should().Match<ModelManifest>(m => m.FormatVersion == 1 && m.Dataset == "tiny" && m.SplitChecksum == "abc"
            && m.Validation["Recall@20"] == 0.5);
        r.Recommend("anna").Should().Equal(new Recommendation("a", 1), new Recommendation("b", 1), new Recommendation("c", 0),
            new Recommendation("e", 0));
        r.Recommend("bé", 2).Should().Equal(new Recommendation("d", 4), new Recommendation("b", 2));
        r.SimilarItems("b", 1).Should().Equal(new Recommendation("d", 1));
        r.Recommend("nobody", 2).Should().Equal(new Recommendation("c", 1), new Recommendation("d", 1));
        r.Recommend(new RecommendationRequest { History = ["a"], Count = 1 })
            .Should().Match<RecommendationList>(l => l.Source == RecommendationSource.Popularity, "nobody has chosen it");
        r.Recommend(new RecommendationRequest { History = ["d"], Count = 1 })
            .Should().Match<RecommendationList>(l => l.Source == RecommendationSource.FoldIn && l[0].Item == "c");
        r.Explain("anna", "a")!.Unexplained.Should().NotBeNull();

        using var folder = new TempFolder();
        r.Save(folder["model"]);
        Recommender renewed = Recommender.Load(folder["model"]);
        renewed.Manifest.FormatVersion.Should().Be(ModelManifest.CurrentFormatVersion);
        renewed.Recommend("anna").Should().Equal(r.Recommend("anna"));
    }

    [Fact]
    public void Format_2_is_read_as_it_was_meant()
    {
        Recommender r = Recommender.Load(Golden(2));
        r.Manifest.FormatVersion.Should().Be(2);
        r.Manifest.Options["model.embeddingDim"].Should().Be("4");
        r.Recommend("user-1", 3).Should().Equal(Expected, (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-6f);
        Explanation why = r.Explain("user-1", Expected[0].Item)!;
        (why.Behavior!.Value + why.Modalities[Modality.Image] + why.Modalities[Modality.Text]).Should().BeApproximately(why.Score, 1e-5f);
        var content = new ItemContent("new", r.FeatureDimensions
            .ToDictionary(f => f.Key, f => (ReadOnlyMemory<float>)Enumerable.Range(1, f.Value).Select(n => (float)n).ToArray()));
        r.WithItems([content]).SimilarItems("new", 1)
            .Should().Equal([ExpectedNeighbor], (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-5f);
    }

    [Fact]
    public void Format_3_is_read_as_it_was_meant()
    {
        Recommender before = Recommender.Load(Golden(2)), r = Recommender.Load(Golden(3));
        r.Manifest.Should().Match<ModelManifest>(m => m.FormatVersion == 3 && m.Items == 23);
        r.Items.Should().Equal([.. before.Items.Where(i => i is not "item-0" and not "item-15"), "new"], "two are retired, one is added");
        Recommendation[] expected = [new("item-3", 0.93993837f), new("item-13", 0.6208558f), new("new", 0.541443f)];
        r.Recommend("user-1", 3).Should().Equal(expected, (a, b) => a.Item == b.Item && MathF.Abs(a.Score - b.Score) < 1e-6f);
        r.History("user-1").Should().Equal(before.History("user-1").Skip(1));

        var content = r.FeatureDimensions
            .ToDictionary(f => f.Key, f => (ReadOnlyMemory<float>)Enumerable.Range(1, f.Value).Select(n => (float)n).ToArray());
        Recommender back = r.WithItems([new ItemContent("item-0", content)]);
        back.History("user-1").Should().Equal(before.History("user-1"));
        back.Items.First().Should().Be("item-0", "it has its place again");
    }

    private static string Golden(int version)
        => Path.Combine(Repository.Root, "DRepMRec.Core.Tests", "Serving", "Golden", $"format-{version}.drepmrec");
}
