using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.ItemToItem;
using DRepMRec.Tests.Support;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Tests.Serving;

/// <summary>The item-to-item part in everything that a recommender does.</summary>
public sealed class ItemToItemTests
{
    private static readonly ItemToItemOptions Part = new()
    {
        Enabled = true,
        L2 = 5,
        ContentWeight = 5,
        KeptWeights = 1000,
        BlendWeights = [0.5],
        PopularityWeights = [0.25],
    };

    private static readonly Lazy<Recommender> Trained = new(() => Served.Build(new DRepMRecOptions { ItemToItem = Part }));

    private static RecDataset Data => Served.Data;

    [Fact]
    public void Scores_are_to_the_last_bit_those_that_are_evaluated()
    {
        var (recommender, scorer) = FromEmbeddings();
        var scores = new float[Data.Items.Count];
        foreach (int user in new[] { 0, 5, 77, 299 }.Where(u => !Data.Train.ItemsOf(u).IsEmpty))
        {
            scorer.Score([user], scores);
            RecommendationList all = recommender.Recommend(Data.Users[user], int.MaxValue, excludeSeen: false);
            all.Should().HaveCount(Data.Items.Count);
            foreach (var (item, score) in all)
                score.Should().Be(scores[Data.Items.IndexOf(item)]);
        }
    }

    [Fact]
    public void A_batch_candidates_and_an_explanation_have_the_score_of_a_single_request()
    {
        Recommender r = Trained.Value;
        string[] some = [.. Data.Items.Ids.Take(40)];
        RecommendationRequest[] requests =
        [
            .. Data.Users.Ids.Take(60).Select(u => new RecommendationRequest { UserId = u, Count = 1000 }),
            new() { History = some[..7], Count = 1000 },
        ];
        foreach (var (request, answer) in requests.Zip(r.Recommend(requests)))
        {
            answer.Should().Equal(r.Recommend(request));
            Dictionary<string, float> byItem = answer.ToDictionary(a => a.Item, a => a.Score);
            foreach (var (item, score) in r.Recommend(request with { Candidates = some }))
                score.Should().Be(byItem[item]);
            r.Explain(request, answer[3].Item)!.Score.Should().Be(answer[3].Score);
        }
    }

    [Fact]
    public void The_parts_of_an_explanation_and_the_shares_of_the_history_add_up()
    {
        Recommender r = Trained.Value;
        RecommendationRequest[] requests =
        [
            .. Data.Users.Ids.Take(10).Select(u => new RecommendationRequest { UserId = u }),
            new() { History = [.. Data.Items.Ids.Take(5)] },
        ];
        foreach (RecommendationRequest request in requests)
        {
            RecommendationList list = r.Recommend(request);
            foreach (var (item, score) in list.Where(_ => list.Source != RecommendationSource.Popularity))
            {
                Explanation why = r.Explain(request, item)!;
                (why.Behavior!.Value + why.Modalities.Values.Sum() + why.ItemToItem + why.Popularity)
                    .Should().BeApproximately(score, 1e-5f);
                why.History.Sum(h => h.Score).Should().BeApproximately(why.ItemToItem, 1e-5f);
                why.History.Should().BeInDescendingOrder(h => h.Score);
                string[] history = request.UserId is { } user ? [.. r.History(user)] : [.. request.History];
                why.History.Select(h => h.Item).Should().BeSubsetOf(history).And.NotBeEmpty();
            }
        }
    }

    [Fact]
    public void A_history_says_what_the_same_items_of_a_known_user_say()
    {
        Recommender r = Trained.Value;
        string user = Data.Users[Enumerable.Range(0, 300).First(u => Data.Train.ItemsOf(u).Length > 3)];
        var folded = new RecommendationRequest { History = r.History(user) };
        string item = r.Recommend(user, 1)[0].Item;
        Explanation known = r.Explain(user, item)!, unknown = r.Explain(folded, item)!;
        unknown.Source.Should().Be(RecommendationSource.FoldIn);
        unknown.History.Select(h => h.Item).Should().Equal(known.History.Select(h => h.Item));
        unknown.ItemToItem.Should().BeApproximately(known.ItemToItem, 1e-5f, "rows of users have the length 1 under a cosine");
        unknown.Popularity.Should().BeApproximately(known.Popularity, 1e-5f).And.NotBe(0);
    }

    [Fact]
    public void Everything_is_in_the_file()
    {
        using var folder = new TempFolder();
        Recommender r = Trained.Value;
        r.ItemToItemWeight.Should().Be(0.5);
        r.Save(folder["model"]);
        foreach (bool map in new[] { true, false })
        {
            Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { MemoryMap = map, Verify = true });
            loaded.ItemToItemWeight.Should().Be(0.5);
            foreach (string user in Data.Users.Ids.Take(20))
                loaded.Recommend(user, 1000).Should().Equal(r.Recommend(user, 1000));
        }
    }

    [Fact]
    public void Popularity_alone_is_served_explained_and_saved_without_weights()
    {
        Recommender r = Served.Build(new DRepMRecOptions { ItemToItem = Part with { BlendWeights = [0] } });
        (r.ItemToItemWeight, r.PopularityWeight).Should().Be((0, 0.25));
        r.Model.ItemToItem!.Items.Length.Should().Be(0);
        using var folder = new TempFolder();
        Recommender changed = r.WithItems([new ItemContent("new", Served.Features(Served.ColdItems[0]))]).WithoutItems([Data.Items[5]]);
        changed.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true });
        int[] degrees = Data.Train.ItemDegrees();
        foreach (string user in Data.Users.Ids.Take(20))
        {
            RecommendationList list = loaded.Recommend(user, 1000);
            list.Should().Equal(changed.Recommend(user, 1000));
            Explanation[] why = [.. list.Select(a => loaded.Explain(user, a.Item)!).Where(w => w.Unexplained is null)];
            why.Should().OnlyContain(w => Math.Abs(w.Behavior!.Value + w.Modalities.Values.Sum() + w.Popularity - w.Score) < 1e-5f);
            why.Should().OnlyContain(w => (w.Popularity != 0) == (w.Item != "new" && degrees[Data.Items.IndexOf(w.Item)] > 0));
            why.Select(w => w.History.Count).Should().OnlyContain(count => count == 0);
        }
    }

    [Fact]
    public void A_changed_catalogue_gives_the_same_lists_from_its_file()
    {
        Recommender changed = Trained.Value
            .WithItems([Item("new", 0), Item("newer", 1), Item(Data.Items[3], 2), Item("newest", 3)])
            .WithoutItems(["newer", Data.Items[5]]);
        using var folder = new TempFolder();
        changed.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"]);
        loaded.Items.Should().Equal([.. Data.Items.Ids.Where(i => i != Data.Items[5]), "new", "newest"]);
        loaded.Model.ItemToItem!.Form.Should().Be(changed.Model.ItemToItem!.Form);
        foreach (string user in Data.Users.Ids.Take(20))
            loaded.Recommend(user, 1000).Should().Equal(changed.Recommend(user, 1000));

        static ItemContent Item(string id, int cold) => new(id, Served.Features(Served.ColdItems[cold]));
    }

    [Fact]
    public void Without_it_a_model_is_bit_for_bit_what_it_was()
    {
        Recommender alone = Served.Build(new DRepMRecOptions()), none = Served.Build(
            new DRepMRecOptions { ItemToItem = Part with { BlendWeights = [0], PopularityWeights = [0] } });
        none.ItemToItemWeight.Should().Be(0);
        foreach (string user in Data.Users.Ids.Take(20))
        {
            none.Recommend(user, 1000).Should().Equal(alone.Recommend(user, 1000));
            Trained.Value.Recommend(user, 1000).Should().NotEqual(alone.Recommend(user, 1000));
        }

        using var folder = new TempFolder();
        alone.Save(folder["alone"]);
        none.Save(folder["none"]);
        Recommender.Load(folder["none"]).Manifest.DataChecksum.Should().Be(Recommender.Load(folder["alone"]).Manifest.DataChecksum);
    }

    [Fact]
    public void A_new_item_is_spoken_for_as_if_the_matrix_had_been_inverted_with_it()
    {
        // The features of an item that nobody has, as those of a new one: its column in the whole matrix is known.
        int cold = Served.ColdItems[0], items = Data.Items.Count;
        RecDataset without = Without(Data, cold);
        Matrix<double> expected = Reference.Weights(Data, Part, items);
        using DRepMRecModel model = DRepMRecModel.Create(without, new DRepMRecOptions { EmbeddingDim = 16, ItemToItem = Part });
        Recommender r = new Trainer(model, without, new TrainerOptions { MaxEpochs = 1, BatchSize = 256 }).Fit().BuildRecommender();
        Recommender added = r.WithItems([new ItemContent("new", Served.Features(cold))]);
        AddedWeights weights = added.Model.ItemToItem!.Added.Single()!;
        double largest = Enumerable.Range(0, items).Max(i => Math.Abs(expected[i, cold]));
        for (int item = 0; item < items; item++)
        {
            if (item == cold)
                continue;
            ((double)weights.From(item)).Should().BeApproximately(expected[item, cold], 0.02 * largest);
            ((double)weights.To(item)).Should().BeApproximately(expected[cold, item], 0.02 * largest);
        }

        string user = Data.Users[Enumerable.Range(0, 300).First(u => Data.Train.ItemsOf(u).Length > 3)];
        added.Explain(user, "new")!.History.Should().NotBeEmpty();
        added.Explain(new RecommendationRequest { History = ["new", Data.Items[0]] }, Data.Items[2])!.History
            .Select(h => h.Item).Should().Contain("new");
    }

    [Fact]
    public void Beside_a_modal_encoder_of_ones_own_the_part_is_solved_by_what_new_items_are_compared_by()
    {
        using var features = new ModalFeatures([Data.Features[1]], FeatureScaling.None);
        using DRepMRecModel model = DRepMRecModel.Create(
            Data, new LightGcnEncoder(Data.Users.Count, Data.Items.Count, new LightGcnOptions { EmbeddingDim = 8 }),
            new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 8 }), new BehaviorModalAlignment(8),
            new DRepMRecOptions { ItemToItem = Part });
        ItemToItemBlend blend = new Trainer(model, Data, new TrainerOptions { MaxEpochs = 1, BatchSize = 256 }).Fit().ItemToItem!;
        var alone = new RecDataset("alone", Data.Users, Data.Items, Data.Splits, [Data.Features[1]]);
        blend.Part.Weights.Values.ToArray().Should()
            .Equal(ItemToItemModel.Solve(alone, Part, FeatureScaling.None).Weights.Values.ToArray());
    }

    [Fact]
    public void Retired_items_of_a_history_go_on_speaking()
    {
        Recommender r = Trained.Value;
        string user = Data.Users[Enumerable.Range(0, 300).First(u => Data.Train.ItemsOf(u).Length > 3)];
        Recommender without = r.WithoutItems([r.History(user)[0]]);
        Dictionary<string, float> before = r.Recommend(user, 1000).ToDictionary(a => a.Item, a => a.Score);
        without.Recommend(user, 1000).Should().OnlyContain(a => a.Score == before[a.Item]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var (recommender, _) = FromEmbeddings();
        RecDataset other = Samples.Checkerboard(20, 10);
        var noise = new EmbeddingScorer(Samples.Floats(40, 1), Samples.Floats(20, 2), 2);
        ItemToItemBlend blend = ItemToItemBlend.Choose(noise, ItemToItemModel.Solve(other), other);
        FluentActions.Invoking(() => recommender.WithItemToItem(blend)).Should().Throw<ArgumentException>()
            .WithMessage(
                $"Expected an item-to-item part for {Data.Users.Count} users and {Data.Items.Count} items, got one for 20 and 10.*");
        Recommender added = Trained.Value.WithItems([new ItemContent("new", Served.Features(Served.ColdItems[0]))]);
        FluentActions.Invoking(() => added.WithItemToItem(blend)).Should().Throw<InvalidOperationException>()
            .WithMessage("*put the item-to-item part in first*");
    }

    [Fact]
    public void Where_a_later_item_is_retired_again_it_is_in_nobodys_way_from_a_file_either()
    {
        float[] users = Samples.Floats(Data.Users.Count * 6, 3), items = Samples.Floats(Data.Items.Count * 6, 4);
        ItemToItemBlend blend = ItemToItemBlend.Choose(new EmbeddingScorer(users, items, 6), ItemToItemModel.Solve(Data, Part), Data, Part);
        Recommender later = Trained.Value.WithItems([new ItemContent("new", Served.Features(Served.ColdItems[0]))]);
        using var folder = new TempFolder();
        later.Save(folder["model"]);
        Recommender expected = Trained.Value.WithItemToItem(blend);
        foreach (Recommender one in new[] { later, Recommender.Load(folder["model"]) })
        {
            Recommender blended = one.WithoutItems(["new"]).WithItemToItem(blend);
            foreach (string user in Data.Users.Ids.Take(20))
                blended.Recommend(user, 1000).Should().Equal(expected.Recommend(user, 1000));
        }
    }

    /// <summary>The columns' means are scaled to nothing: of such an item nothing is known, until it gets other features.</summary>
    [Fact]
    public void An_item_that_came_with_nothing_to_compare_gets_weights_when_it_gets_features_from_a_file_or_not()
    {
        Recommender r = Trained.Value;
        var means = r.Model.Content.ToDictionary(
            c => new Modality(c.Form.Name), c => (ReadOnlyMemory<float>)c.Mean.Slice(0, c.Mean.Length).ToArray());
        Recommender placed = r.WithItems([new ItemContent("new", means)]);
        placed.Model.ItemToItem!.IsUnknown(Data.Items.Count).Should().BeTrue();
        using var folder = new TempFolder();
        placed.Save(folder["model"]);
        ItemContent[] known = [new("new", Served.Features(Served.ColdItems[0]))];
        Recommender kept = placed.WithItems(known), loaded = Recommender.Load(folder["model"]).WithItems(known);
        kept.Model.ItemToItem!.IsUnknown(Data.Items.Count).Should().BeFalse();
        foreach (string user in Data.Users.Ids.Take(20))
            loaded.Recommend(user, 1000).Should().Equal(kept.Recommend(user, 1000));
    }

    [Theory]
    [InlineData("item_behavior")]
    [InlineData("item_to_item_weights")]
    public void A_damaged_part_of_a_score_is_never_explained(string array)
    {
        Recommender damaged = Trained.Value.Reload(null, arrays =>
        {
            SafeTensor sound = arrays[array];
            arrays.Put(array, [.. Enumerable.Repeat(float.NaN, sound.Data.Length / sizeof(float))], sound.Shape);
        }, verify: false);
        string user = Data.Users[Enumerable.Range(0, 300).First(u => Data.Train.ItemsOf(u).Length > 3)];
        string item = Trained.Value.Recommend(user, 1)[0].Item;
        damaged.Invoking(r => r.Explain(user, item)).Should().Throw<ModelFileException>()
            .WithMessage("The model is damaged: a part of the score isn't a finite number.");
    }

    [Fact]
    public void A_recommender_that_has_no_histories_is_given_none()
    {
        float[] users = Samples.Floats(Data.Users.Count * 6, 3), items = Samples.Floats(Data.Items.Count * 6, 4);
        ItemToItemBlend blend = ItemToItemBlend.Choose(new EmbeddingScorer(users, items, 6), ItemToItemModel.Solve(Data, Part), Data, Part);
        Recommender recommender = Recommender.FromEmbeddings(Data.Users.Ids, users, Data.Items.Ids, items);
        recommender.Invoking(r => r.WithItemToItem(blend)).Should().Throw<ArgumentException>()
            .WithMessage("Expected a recommender with the interactions that the part was solved for*give them to FromEmbeddings as seen.*");
        recommender.WithItemToItem(null).Should().BeSameAs(recommender);
    }

    private static (Recommender Recommender, IItemScorer Scorer) FromEmbeddings()
    {
        float[] users = Samples.Floats(Data.Users.Count * 6, 3), items = Samples.Floats(Data.Items.Count * 6, 4);
        var scorer = new EmbeddingScorer(users, items, 6);
        ItemToItemBlend blend = ItemToItemBlend.Choose(scorer, ItemToItemModel.Solve(Data, Part), Data, Part);
        Recommender recommender = Recommender.FromEmbeddings(Data.Users.Ids, users, Data.Items.Ids, items, Data.Train);
        return (recommender.WithItemToItem(blend), blend.Over(scorer));
    }

    /// <summary>The dataset in which an item has no features, so that nothing is known of it.</summary>
    private static RecDataset Without(RecDataset data, int item)
        => new("without", data.Users, data.Items, new InteractionSplits(data.Train, data.Validation, data.Test),
            [.. data.Features.Select(f =>
            {
                float[] values = f.Values.ToArray();
                values.AsSpan(item * f.Dimension, f.Dimension).Clear();
                return new ItemFeatures(f.Modality, f.ItemCount, f.Dimension, values);
            })]);
}
