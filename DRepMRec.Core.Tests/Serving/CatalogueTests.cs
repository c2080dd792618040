using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

public sealed class CatalogueTests
{
    [Fact]
    public void A_new_item_gets_what_the_modal_line_would_make_of_it()
    {
        foreach (FilterGateKind gate in new[] { FilterGateKind.Self, FilterGateKind.None })
        {
            ModalEncoderOptions[] lines = [new(), new() { Neighbors = 0 }, new() { KeepSelf = false }, new() { ModalityWeights = [1, 3] }];
            foreach (ModalEncoderOptions modal in lines)
                RequireSameAsTrained(Served.Build(new DRepMRecOptions { Modal = modal with { Gate = gate } }, epochs: 1));
        }
    }

    [Fact]
    public void A_new_item_may_be_what_its_neighbours_bring_alone() => RequireSameAsTrained(NeighborsAloneEncoder.Build(encoded: 2));

    [Fact]
    public void Scaling_is_that_of_training()
    {
        foreach (FeatureScaling scaling in Enum.GetValues<FeatureScaling>())
            RequireSameAsTrained(Served.Build(new DRepMRecOptions { FeatureScaling = scaling }, epochs: 1));
    }

    /// <summary>A cold item replaced by its own features is what it was: it has no behaviour, and it's no neighbour of its own.</summary>
    private static void RequireSameAsTrained(Recommender r)
    {
        r.FeatureDimensions.Should().HaveCount(2);
        using var folder = new TempFolder();
        r.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"]);
        foreach (int item in Served.ColdItems.Take(5))
        {
            string id = Served.Data.Items[item];
            Recommender again = r.WithItems([new ItemContent(id, Served.Features(item))]);
            loaded.WithItems([new ItemContent(id, Served.Features(item))]).Model.Items[item].ToArray()
                .Should().Equal(again.Model.Items[item].ToArray());
            again.Model.TryGetItem(id, out int row).Should().BeTrue();
            row.Should().Be(item, "an item that is replaced keeps its place");
            again.Model.Items[row].ToArray().Should().Equal(r.Model.Items[item].ToArray(), (a, b) => MathF.Abs(a - b) < 1e-4f);
            foreach (var (now, before) in again.Model.ItemModal.Zip(r.Model.ItemModal))
            {
                float length = MathF.Sqrt(before[item].ToArray().Sum(x => x * x));
                now[row].ToArray().Should().Equal(before[item].ToArray(), (a, b) => MathF.Abs(a - b) <= 1e-4f * length, "of each modality");
            }
        }
    }

    [Fact]
    public void Each_item_that_is_replaced_keeps_its_behavior()
    {
        Recommender r = Served.Recommender;
        int[] known = [.. Enumerable.Range(0, Served.Data.Items.Count).Where(i => Served.Features(i).Count > 0)];
        foreach (int item in new[] { known[0], known[^1] })
        {
            Recommender replaced = r.WithItems([new ItemContent(Served.Data.Items[item], Served.Features(Served.ColdItems[0]))]);
            replaced.Model.ItemBehavior[item].ToArray().Should().Equal(r.Model.ItemBehavior[item].ToArray());
            replaced.Model.ItemModal[0][item].ToArray().Should().NotEqual(r.Model.ItemModal[0][item].ToArray());
        }

        known[0].Should().Be(0, "the first row is a row as any other");
    }

    [Fact]
    public void Items_are_added_replaced_and_retired_in_new_snapshots_and_the_old_ones_stay()
    {
        Recommender r = Served.Recommender;
        int cold = Served.ColdItems[0], warm = Served.Data.Train.ItemsOf(0)[0];
        string coldId = Served.Data.Items[cold], warmId = Served.Data.Items[warm], user = Served.Data.Users[0];
        RecommendationList before = r.Recommend(user, 1000);
        Recommender added = r.WithItems([new ItemContent("new", Served.Features(cold)), new ItemContent(warmId, Served.Features(cold))]);
        added.Items.Count.Should().Be(r.Items.Count + 1);
        added.Items.Should().Contain("new").And.Contain(warmId).And.OnlyHaveUniqueItems();
        added.SimilarItems("new", 1).Should().Equal(new Recommendation(coldId, added.SimilarItems("new", 1)[0].Score))
            .And.OnlyContain(s => s.Score > 0.9f);
        added.Recommend(user, 1000).Select(i => i.Item).Should().Contain("new")
            .And.NotContain(warmId, "the user has it, whatever it looks like now");
        added.History(user).Should().Equal(r.History(user));
        added.Recommend(new RecommendationRequest { History = ["new"] }).Source.Should().Be(RecommendationSource.Content);
        added.Recommend(new RecommendationRequest { History = [warmId] }).Source
            .Should().Be(RecommendationSource.FoldIn, "an item that is replaced keeps its behaviour");
        added.Recommend("nobody", 1000).Single(i => i.Item == warmId).Score
            .Should().Be(r.Recommend("nobody", 1000).Single(i => i.Item == warmId).Score);

        Recommender retired = added.WithoutItems(["new", before[0].Item, "never there"]);
        retired.Items.Count.Should().Be(r.Items.Count - 1);
        retired.Recommend(user, 1000).Select(i => i.Item).Should().NotContain("new").And.NotContain(before[0].Item);
        retired.SimilarItems(coldId, 1000).Select(i => i.Item).Should().NotContain("new").And.NotContain(before[0].Item);
        retired.SimilarItems("new").Should().BeEmpty();
        retired.WithItems([new ItemContent("new", Served.Features(cold))]).Items.Should().Contain("new");
        retired.WithoutItems([warmId]).History(user).Should().NotContain(warmId);

        r.Recommend(user, 1000).Should().Equal(before);
    }

    [Fact]
    public void A_changed_catalogue_survives_saving()
    {
        int cold = Served.ColdItems[0], warm = Served.Data.Train.ItemsOf(0)[0];
        Recommender changed = Served.Recommender
            .WithItems([new ItemContent("new", Served.Features(cold)), new ItemContent(Served.Data.Items[warm], Served.Features(cold))])
            .WithoutItems([Served.Data.Items[warm + 1]]).WithItems([new ItemContent("newer", Served.Features(Served.ColdItems[1]))]);
        using var folder = new TempFolder();
        changed.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"]);
        loaded.Items.Should().BeEquivalentTo(changed.Items);
        loaded.Items.Last().Should().Be("newer");
        foreach (string user in Served.Data.Users.Ids.Take(30))
        {
            loaded.History(user).Should().BeEquivalentTo(changed.History(user));
            loaded.Recommend(user, 30).Should().BeEquivalentTo(changed.Recommend(user, 30));
        }

        loaded.Recommend("nobody", 1000).Should().BeEquivalentTo(changed.Recommend("nobody", 1000));
        loaded.WithItems([new ItemContent("x", Served.Features(Served.ColdItems[2]))]).SimilarItems("x")
            .Should().Equal(changed.WithItems([new ItemContent("x", Served.Features(Served.ColdItems[2]))]).SimilarItems("x"));
    }

    [Fact]
    public async Task Requests_go_on_while_the_catalogue_changes()
    {
        Recommender current = Served.Recommender;
        using var stop = new CancellationTokenSource();
        Task<int>[] readers = [.. Enumerable.Range(0, 3).Select(n => OwnThread.Run(() =>
        {
            int asked = 0;
            for (; !stop.IsCancellationRequested || asked == 0; asked++)
            {
                Recommender snapshot = Volatile.Read(ref current);
                RecommendationList list = snapshot.Recommend(Served.Data.Users[asked % 100], 20);
                list.Should().HaveCount(20).And.OnlyContain(i => snapshot.Items.Contains(i.Item) && float.IsFinite(i.Score));
            }

            return asked;
        }))];
        for (int n = 0; n < 60; n++)
        {
            Recommender next = current.WithItems(
                [new ItemContent($"new{n % 7}", Served.Features(Served.ColdItems[n % Served.ColdItems.Length]))]);
            Volatile.Write(ref current, n % 3 == 0 ? next.WithoutItems([$"new{(n + 3) % 7}"]) : next);
        }

        current.Model.ItemRows.Should().BeLessThanOrEqualTo(Served.Recommender.Model.ItemRows + 7, "what is replaced or retired is gone");
        stop.Cancel();
        (await Task.WhenAll(readers)).Should().OnlyContain(asked => asked > 0);
    }

    [Fact]
    public void What_can_not_be_an_item_is_refused_with_what_was_expected()
    {
        Recommender r = Served.Recommender;
        Dictionary<Modality, ReadOnlyMemory<float>> sound = Served.Features(Served.ColdItems[0]);
        void Refuse(string message, params ItemContent[] items)
            => FluentActions.Invoking(() => r.WithItems(items)).Should().Throw<ArgumentException>().WithMessage(message + "*");
        Refuse("An item's id is blank.", new ItemContent(" ", sound));
        Refuse("Each item must occur once; 'a' is there twice.", new ItemContent("a", sound), new ItemContent("a", sound));
        Refuse("Item 'a': expected features of at least one of image, text.",
            new ItemContent("a", new Dictionary<Modality, ReadOnlyMemory<float>>()));
        Refuse("Item 'a': the model knows image, text, not 'audio'.",
            new ItemContent("a", new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Audio] = new float[3] }));
        Refuse("Item 'a': expected 12 features of 'image', got 3.",
            new ItemContent("a", new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Image] = new float[3] }));
        Refuse("Item 'a': the features of 'image' must be finite numbers.",
            new ItemContent("a", new Dictionary<Modality, ReadOnlyMemory<float>>
            {
                [Modality.Image] = Enumerable.Repeat(float.NaN, 12).ToArray(),
            }));
        Refuse("Item 'a\\ud800': expected an id of Unicode text, it has half of a surrogate pair.", new ItemContent("a\ud800", sound));
        Refuse("Item '\\ude00\\ud83d': expected an id of Unicode text", new ItemContent("\ude00\ud83d", sound));
        r.WithItems([new ItemContent("\ud83d\ude00", sound)]).Items.Should().Contain("\ud83d\ude00");
        Refuse("Item 'a': expected features that aren't all 0.",
            new ItemContent("a", new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Image] = new float[12] }));
    }

    [Fact]
    public void Many_items_are_encoded_as_each_would_be_alone()
    {
        static ReadOnlyMemory<float> Changed(ReadOnlyMemory<float> features, int n)
            => features.ToArray().Select((x, d) => x + (0.1f * ((n + d) % 3))).ToArray();
        ItemContent[] items = [.. Enumerable.Range(0, Served.Data.Items.Count).Where(n => Served.Features(n).Count > 0).Take(70)
            .Select(n => new ItemContent($"new {n}", Served.Features(n).ToDictionary(f => f.Key, f => Changed(f.Value, n))))];
        items.Should().HaveCountGreaterThan(48);
        Recommender together = Served.Recommender.WithItems(items);
        foreach (ItemContent item in items)
        {
            Recommender alone = Served.Recommender.WithItems([item]);
            int place = together.Items.ToList().IndexOf(item.Id), last = alone.Items.Count - 1;
            together.Model.Items[place].ToArray().Should().Equal(alone.Model.Items[last].ToArray(), item.Id);
            foreach (var (one, other) in together.Model.Content.Zip(alone.Model.Content))
                one.NeighborValues![place].ToArray().Should().Equal(other.NeighborValues![last].ToArray());
        }
    }

    [Fact]
    public void Without_neighbours_no_features_go_along_that_could_be_too_many()
    {
        var options = new DRepMRecOptions { Modal = new ModalEncoderOptions { Neighbors = 0 } };
        Served.Build(options, new RecommenderOptions { MaxContentBytes = 10 }, epochs: 1).FeatureDimensions.Should().NotBeEmpty();
        Served.Build(options, new RecommenderOptions { MaxContentBytes = 0 }, epochs: 1).FeatureDimensions.Should().BeEmpty();
    }

    [Fact]
    public void A_model_that_can_not_encode_features_says_so()
    {
        Recommender[] without =
        [
            Served.Build(DRepMRecOptions.LightGcn, epochs: 1),
            Served.Build(new DRepMRecOptions { FeatureComponents = 2 }, epochs: 1),
            NeighborsAloneEncoder.Build(encoded: 1),
            Served.Build(new DRepMRecOptions(), new RecommenderOptions { MaxContentBytes = 10 }, epochs: 1),
            Served.Build(new DRepMRecOptions(), new RecommenderOptions { IncludeLines = false }, epochs: 1),
        ];
        foreach (Recommender r in without)
        {
            using var folder = new TempFolder();
            r.Save(folder["model"]);
            foreach (Recommender model in new[] { r, Recommender.Load(folder["model"]) })
            {
                model.FeatureDimensions.Should().BeEmpty();
                FluentActions.Invoking(() => model.WithItems([new ItemContent("a", Served.Features(Served.ColdItems[0]))]))
                    .Should().Throw<InvalidOperationException>().WithMessage("This model can't encode the features of new items: *");
            }
        }
    }
}
