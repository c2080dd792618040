using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Reliability;

namespace DRepMRec.Tests.Serving;

/// <summary>Saving and loading is the identity for every state that changes of the catalogue lead to.</summary>
public sealed class CatalogueSequenceTests
{
    [Fact]
    public void Sequences_at_random_give_what_lists_in_memory_give_saved_or_not()
    {
        var random = new SeededRandom(20);
        for (int n = 0; n < 25; n++)
            CatalogueRun.Play(CatalogueRun.Draw(random, 1 + random.NextInt(25)));
    }

    [Theory]
    [InlineData("retire {0}|save|put {0} 2")]
    [InlineData("put {0} 2|save|put {0} 3|save|retire {0}|save|put {0} 1")]
    [InlineData("put new 1|put newer 2|save|put new 2|retire new|save|put new 3")]
    [InlineData("put new 1|save|retire new|put newer 2|put new 3|save|save")]
    [InlineData("retire {0}|retire {1}|save|put {1} 1|save|put {0} 2|retire {1}")]
    [InlineData("put {0} 1e38|put new -3e38|save|put {0} 1e-40")]
    public void So_do_these(string changes)
        => CatalogueRun.Play(Encoding.UTF8.GetBytes(
            string.Format(null, changes.Replace('|', '\n'), Served.Data.Items[0], Served.Data.Items[3]) + "\nsave"));

    [Fact]
    public void An_item_that_is_retired_saved_and_put_back_is_the_users_still()
    {
        string user = Served.Data.Users[0];
        int item = Served.Data.Train.ItemsOf(0)[0];
        string id = Served.Data.Items[item];
        ItemContent content = new(id, Served.Features(item));
        using var folder = new TempFolder();
        Served.Recommender.WithoutItems([id]).Save(folder["model"]);
        Recommender retired = Recommender.Load(folder["model"]);
        retired.Items.Should().NotContain(id).And.HaveCount(Served.Recommender.Items.Count - 1);
        retired.Manifest.Items.Should().Be(Served.Recommender.Items.Count - 1);
        retired.History(user).Should().NotContain(id);
        retired.Recommend(user, 1000).Select(r => r.Item).Should().NotContain(id);

        Recommender back = retired.WithItems([content]);
        back.Items.Should().Equal(Served.Recommender.Items);
        back.History(user).Should().Equal(Served.Recommender.History(user));
        back.Recommend(user, 1000).Select(r => r.Item).Should().NotContain(id);
        back.Recommend("nobody", 1000).Should().Equal(Served.Recommender.Recommend("nobody", 1000));
        back.Recommend(user, 1000, excludeSeen: false)
            .Should().Equal(Served.Recommender.WithItems([content]).Recommend(user, 1000, excludeSeen: false), "putting back is replacing");
    }

    [Fact]
    public void An_item_that_is_replaced_keeps_its_place_among_equals()
    {
        List<Interaction> rows = [.. Enumerable.Range(0, 24)
            .Select(n => new Interaction($"u{n / 4}", $"i{n % 4}", null, null, 0)), new("u0", "z", null, null, 0)];
        var pictures = new FeatureTable(Modality.Image, ["i0", "i1", "i2", "i3", "z"], 2, new float[] { 1, 2, 3, 5, 4, 1, 7, 7, 2, 9 });
        RecDataset data = RecDataset.FromInteractions("ties", rows, [pictures],
            new DatasetOptions { Split = SplitStrategy.ByLabel(allowMissing: true) });
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 4 });
        Recommender trained = new Trainer(model, data, new TrainerOptions { MaxEpochs = 1, BatchSize = 8 }).Fit().BuildRecommender();
        Recommender next = trained.WithItems(
            [new ItemContent("i0", new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Image] = new float[] { 1, 2 } })]);
        using var folder = new TempFolder();
        next.Save(folder["model"]);
        foreach (Recommender r in new[] { trained, next, Recommender.Load(folder["model"]) })
        {
            r.Recommend("nobody", 5).Select(i => i.Item).Should().Equal("i0", "i1", "i2", "i3", "z");
            r.Items.Should().Equal("i0", "i1", "i2", "i3", "z");
        }
    }

    [Fact]
    public void Large_features_are_scaled_and_what_is_not_finite_is_refused_with_item_and_modality()
    {
        Recommender r = Served.Recommender;
        Dictionary<Modality, ReadOnlyMemory<float>> large = r.FeatureDimensions
            .ToDictionary(f => f.Key, f => (ReadOnlyMemory<float>)Enumerable.Range(0, f.Value)
                .Select(d => d % 2 == 0 ? float.MaxValue : -1f).ToArray());
        Recommender next = r.WithItems([new ItemContent("large", large)]);
        next.Recommend(Served.Data.Users[0], 1000).Should().Contain(i => i.Item == "large");
        using var folder = new TempFolder();
        next.Save(folder["model"]);
        Recommender.Load(folder["model"]).SimilarItems("large").Should().Equal(next.SimilarItems("large")).And.HaveCount(10);

        ContentEncoder[] wild = [.. r.Model.Content
            .Select(c => c with { Projection = Block<float>.Copy(Enumerable.Repeat(float.MaxValue, (int)c.Projection.Length).ToArray()) })];
        FluentActions.Invoking(() => new Recommender(r.Model with { Content = wild }).WithItems([new ItemContent("large", large)]))
            .Should().Throw<ArgumentException>()
            .WithMessage("Item 'large': what the model makes of the features of 'image' isn't finite.*");
        Recommender damaged = new(r.Model with
        {
            Items = r.Model.Items.With([3], Enumerable.Repeat(float.NaN, r.Manifest.Dimension).ToArray(), []),
            Changes = next.Model.Changes,
        });
        FluentActions.Invoking(() => damaged.Save(folder["damaged"])).Should().Throw<ModelFileException>();
        folder.Files().Should().Equal("model");
    }

    [Fact]
    public void Pages_of_items_pass_over_the_retired_ones()
    {
        Recommender r = Served.Recommender.WithoutItems([.. Served.Data.Items.Ids.Where((_, n) => n < 130 && n % 3 != 0)])
            .WithItems([.. Enumerable.Range(0, 60).Select(n => new ItemContent($"new{n}", Served.Features(Served.ColdItems[0])))]);
        string[] all = [.. r.Items];
        Served.Recommender.Items.Page(150, 3).Should().Equal(Served.Data.Items.Ids.Skip(150).Take(3), "nothing is retired there");
        for (int skip = 0; skip <= all.Length + 1; skip++)
            r.Items.Page(skip, 4).Should().Equal(all.Skip(skip).Take(4));
        r.Users.Page(298, 10).Should().Equal(Served.Data.Users[298], Served.Data.Users[299]);
        FluentActions.Invoking(() => r.Items.Page(-1, 4)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
