using System.Globalization;
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

    [Fact]
    public void Metadata_and_calibration_are_read_as_they_were_meant()
    {
        Recommender r = Recommender.Load(Golden("format-3-metadata"));
        r.Metadata!.ToString().Should()
            .Be("5 items: 'kind' (Category), 'tags' (Category), 'price' (Number), 'released' (Date), 'title' (Text)");
        ItemValues values = r.Metadata["c"]!;
        values.Categories("kind").Should().Equal("kind-2");
        values.Categories("tags").Should().Equal("tag-2", "tag-3");
        values.Number("price").Should().Be(74);
        values.Date("released").Should().Be(new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero));
        values.Text("title").Should().Be("Title 2 é");
        r.Metadata["a"]!.ToDictionary().Should().BeEmpty();
        r.Recommend(new RecommendationRequest { UserId = "bé", Where = [new() { Column = "price", Max = 50 }] })
            .Should().Equal(new Recommendation("d", 4, 0.25f), new Recommendation("b", 2, 0.25f), new Recommendation("e", 0, 0.125f));
        r.Calibration!.Probability(1).Should().Be(0.1875f);
    }

    [Fact]
    public void Format_4_is_read_as_it_was_meant()
    {
        Recommender r = Recommender.Load(Golden(4));
        r.Manifest.FormatVersion.Should().Be(4);
        r.ItemToItemWeight.Should().Be(0.5);
        r.Items.Should().HaveCount(24, "one of 24 is retired, one is added");
        Recommendation[] expected = [new("item-5", 0.81193596f), new("item-2", 0.42783776f), new("item-15", 0.33874607f)];
        r.Recommend("user-0", 3).Should().Equal(expected, (a, b) => a.Item == b.Item && IsClose(a.Score, b.Score));
        Explanation why = r.Explain("user-0", "item-5")!, added = r.Explain("user-0", "new")!;
        why.ItemToItem.Should().BeApproximately(0.13018088f, 1e-6f);
        why.History[0].Should().Match<Recommendation>(h => h.Item == "item-6" && IsClose(h.Score, 0.06520303f));
        added.History[0].Should().Match<Recommendation>(h => h.Item == "item-23" && IsClose(h.Score, 0.08071578f));
    }

    /// <summary>
    /// Files of format 2 with every fusion that there was, and without a modal line: the answers, and the parts of the first score.
    /// </summary>
    [Theory]
    [InlineData("Sum", "item-9:0.9761806 item-13:0.79569477 item-4:0.60873306", "0.027542198 0.71005595 0.23858228", 2)]
    [InlineData("Mean", "item-15:0.20068602 item-9:0.17568158 item-13:0.09452628", "0.015520667 0.12597008 0.059195295", 2)]
    [InlineData("Concatenation", "item-9:0.9686849 item-13:0.7945807 item-4:0.74666226", "0 0.741564 0.2271209", 2)]
    [InlineData("NormalizedSum", "item-9:0.7682684 item-13:0.6701452 item-4:0.5438036", "0.13850012 0.5215984 0.10816992", 2)]
    [InlineData("MatchedSum", "item-15:0.054034356 item-9:0.027937507 item-13:0.018325122", "0.035920613 0.016554235 0.0015595071", 2)]
    [InlineData("LearnedGate", "item-9:0.9826798 item-13:0.80059415 item-4:0.72088057", null, 0)]
    [InlineData("NormalizedConcatenation", "item-4:0.5502684 item-15:0.42695332 item-10:0.3919688", "0.28842565 0.16442725 0.09741551", 2)]
    [InlineData("Alone", "item-10:0.79173183 item-4:0.26315728 item-9:0.023604829", "0.7917319", 0)]
    public void Every_fusion_of_format_2_means_what_it_meant(string fusion, string answers, string? parts, int modalities)
    {
        using var folder = new TempFolder();
        Recommender old = Recommender.Load(Golden($"fusion-{fusion}"));
        old.Save(folder["model"]);
        foreach (Recommender r in new[] { old, Recommender.Load(folder["model"]) })
        {
            (string Item, float Score)[] expected = [.. answers.Split(' ').Select(a => a.Split(':')).Select(a => (a[0], Number(a[1])))];
            r.Recommend("user-0", 3).Select(a => (a.Item, a.Score))
                .Should().Equal(expected, (a, b) => a.Item == b.Item && IsClose(a.Score, b.Score));
            r.FeatureDimensions.Should().HaveCount(modalities);
            Explanation why = r.Explain("user-0", expected[0].Item)!;
            (why.Behavior is null).Should().Be(parts is null);
            if (parts is null)
                continue;
            float[] shares = [why.Behavior!.Value, .. why.Modalities.OrderBy(m => m.Key.Name, StringComparer.Ordinal).Select(m => m.Value)];
            shares.Should().Equal(parts.Split(' ').Select(Number), IsClose);
        }
    }

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static bool IsClose(float a, float b) => MathF.Abs(a - b) < 1e-6f;

    private static string Golden(int version) => Golden($"format-{version}");

    private static string Golden(string name)
        => Path.Combine(Repository.Root, "DRepMRec.Core.Tests", "Serving", "Golden", $"{name}.drepmrec");
}
