using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>New interactions without a training.</summary>
public sealed class RefreshTests
{
    [Theory]
    [InlineData(1, false, RowPrecision.Single)]
    [InlineData(2, false, RowPrecision.Single)]
    [InlineData(3, true, RowPrecision.Single)]
    [InlineData(4, true, RowPrecision.Int8)]
    public void In_however_many_calls_a_stream_comes_the_rows_are_those_of_the_whole_propagation(
        ulong seed, bool weights, RowPrecision precision)
    {
        Recommender trained = Grown.Recommender.WithRowPrecision(precision);
        var random = new SeededRandom(seed);
        List<Interaction> stream = Grown.Stream(random, 120, weights);
        Recommender atOnce = trained.WithInteractions(stream), byParts = trained;
        for (int from = 0, count; from < stream.Count; from += count)
        {
            count = Math.Min(stream.Count - from, 1 + random.NextInt(12));
            byParts = byParts.WithInteractions(stream.GetRange(from, count));
        }

        byParts.ShouldBeTheSameAs(atOnce);
        byParts.ShouldBeTheSameAs(GrownGraph.Whole(atOnce));
        byParts.RefreshCounts.New.Should().Be(atOnce.RefreshCounts.New).And.Be(
            stream.DistinctBy(i => (i.User, i.Item)).Count(i => !Grown.Recommender.History(i.User).Contains(i.Item)));
        byParts.RefreshCounts.NewUsers.Should().Be(byParts.Users.Count - Grown.Data.Users.Count);
        byParts.RefreshCounts.NewItems.Should().Be(byParts.Items.Count - Grown.Data.Items.Count);
    }

    [Fact]
    public void A_newcomer_of_whom_nothing_is_known_is_answered_by_popularity_from_a_file_too()
    {
        Recommender grown = Grown.Recommender.WithInteractions([new Interaction("newcomer", "brand-new-item")]);
        using var folder = new TempFolder();
        grown.Save(folder["grown"]);
        foreach (Recommender one in new[] { grown, Recommender.Load(folder["grown"]), grown.WithRowPrecision(RowPrecision.Int8) })
        {
            RecommendationList list = one.Recommend("newcomer");
            list.Source.Should().Be(RecommendationSource.Popularity);
            list.Select(r => r.Item).Should().Equal(grown.Recommend("nobody").Select(r => r.Item));
        }
    }

    [Fact]
    public void A_replaced_item_that_is_retired_counts_by_its_new_content_from_a_file_too()
    {
        int user = Enumerable.Range(0, Grown.Data.Users.Count).First(u => Grown.Data.Train.ItemsOf(u).Length > 1);
        string item = Grown.Data.Items[Grown.Data.Train.ItemsOf(user)[0]];
        var content = Grown.Data.Features.ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[(f.ItemCount - 1)].ToArray());
        Recommender replaced = Grown.Recommender.WithItems([new ItemContent(item, content)]);
        using var folder = new TempFolder();
        replaced.Save(folder["replaced"]);
        Interaction[] today = [new(Grown.Data.Users[user], "brand-new-item")];
        Recommender Changed(Recommender before) => before.WithoutItems([item]).WithInteractions(today);
        Recommender one = Changed(replaced), other = Changed(Recommender.Load(folder["replaced"]));
        one.ShouldBeTheSameAs(other);
        one.Model.Users[user].ToArray().Should().NotEqual(Changed(Grown.Recommender).Model.Users[user].ToArray());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void The_rows_are_those_of_the_trained_weights_over_the_new_graph(int layers, bool weights)
    {
        var options = new DRepMRecOptions { EmbeddingDim = 20, Layers = layers };
        RecDataset data = weights ? GrownGraph.Weighted(Grown.Data) : Grown.Data;
        using DRepMRecModel model = DRepMRecModel.Create(data, options);
        Recommender recommender = Grown.Fit(model, data: data).BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
        recommender.RefreshKind.Should().Be(RefreshKind.Exact);
        List<Interaction> stream = Grown.Stream(new SeededRandom(7), 60, weights);
        Recommender refreshed = recommender.WithInteractions(stream);

        RecDataset grown = GrownGraph.Extend(refreshed);
        using DRepMRecModel over = DRepMRecModel.Create(grown, options), untrained = DRepMRecModel.Create(data, options);
        GrownGraph.Copy(model, untrained, over);
        using UserItemEmbeddings expected = over.Embed();
        refreshed.Model.Users.ShouldBeClose(UserItemEmbeddings.Values(expected.Users));
        refreshed.Model.Items.ShouldBeClose(UserItemEmbeddings.Values(expected.Items));
        recommender.Model.Users.ShouldBeClose(UserItemEmbeddings.Values(model.Embed().Users));
    }

    [Fact]
    public void Saved_and_loaded_it_goes_on_as_if_nothing_had_been()
    {
        using var folder = new TempFolder();
        var random = new SeededRandom(11);
        List<Interaction> first = Grown.Stream(random, 40, weights: true), second = Grown.Stream(random, 40, weights: true);
        Recommender refreshed = Grown.Recommender.WithInteractions(first);
        refreshed.Save(folder["model"]);
        foreach (bool map in new[] { true, false })
        {
            Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { MemoryMap = map, Verify = true });
            loaded.ShouldBeTheSameAs(refreshed);
            loaded.RefreshKind.Should().Be(RefreshKind.Exact);
            loaded.WithInteractions(second).ShouldBeTheSameAs(refreshed.WithInteractions(second));
        }

        refreshed.WithInteractions(second).Save(folder["second"]);
        Recommender.Load(folder["model"]).WithInteractions(second).Save(folder["again"]);
        File.ReadAllBytes(folder["again"]).Should().Equal(File.ReadAllBytes(folder["second"]));
    }

    [Fact]
    public void Histories_popularity_and_answers_follow_and_the_recommender_before_stays()
    {
        string user = Grown.Data.Users[0], item = Grown.Recommender.Recommend(user, 1)[0].Item;
        int degree = Grown.Recommender.Popularity(item);
        Recommender next = Grown.Recommender.WithInteractions([new Interaction(user, item)]);
        next.History(user).Should().Contain(item).And.HaveCount(Grown.Recommender.History(user).Count + 1);
        next.Recommend(user, 100).Select(r => r.Item).Should().NotContain(item);
        next.Popularity(item).Should().Be(degree + 1);
        Grown.Recommender.History(user).Should().NotContain(item);
        Grown.Recommender.Popularity(item).Should().Be(degree);

        Recommender more = next.WithInteractions([new Interaction("somebody", item), new Interaction("somebody", "something")]);
        more.Recommend("somebody", 5).Source.Should().Be(RecommendationSource.User);
        more.Recommend("somebody", 100).Select(r => r.Item).Should().NotContain([item, "something"]).And.Contain(next.Items.Except([item]));
        more.SimilarUsers("somebody").Should().NotBeEmpty();
        more.Explain("somebody", Grown.Data.Items[1])!.Unexplained.Should().BeNull();
        more.Recommend("whoever", 100).Select(r => r.Item).Should().Contain("something");
    }

    [Fact]
    public void What_is_delivered_twice_counts_once_and_a_weight_takes_the_place_of_another()
    {
        string user = Grown.Data.Users[3], item = Grown.Recommender.Recommend(user, 1)[0].Item;
        Recommender once = Grown.Recommender.WithInteractions([new Interaction(user, item, Weight: 2)]);
        Recommender twice = once.WithInteractions([new Interaction(user, item), new Interaction(user, item, Weight: 2)]);
        twice.ShouldBeTheSameAs(once);
        twice.RefreshCounts.Should().Be(new RefreshCounts { New = 1, Repeated = 2 });
        Recommender back = once.WithInteractions([new Interaction(user, item, Weight: 1)]);
        back.RefreshCounts.Should().Be(new RefreshCounts { New = 1, Reweighted = 1 });
        back.ShouldBeTheSameAs(Grown.Recommender.WithInteractions([new Interaction(user, item)]));
        once.Model.Users[3].SequenceEqual(back.Model.Users[3]).Should().BeFalse();
        IReadOnlyList<string> history = Grown.Recommender.History(user);
        Recommender again = Grown.Recommender.WithInteractions([.. history.Select(known => new Interaction(user, known))]);
        again.RefreshCounts.Should().Be(new RefreshCounts { Repeated = history.Count });
        again.ShouldBeTheSameAs(Grown.Recommender);
    }

    [Fact]
    public void Hosts_without_a_linear_propagation_say_so_and_fold_in()
    {
        Recommender recommender = Grown.Build(DRepMRecOptions.LightGcn,
            data => new MatrixFactorizationEncoder(data.Users.Count, data.Items.Count, new() { EmbeddingDim = 20 }));
        recommender.RefreshKind.Should().Be(RefreshKind.FoldIn);
        recommender.RefreshReason.Should().Be(
            "MatrixFactorizationEncoder isn't the mean of learned rows propagated over the graph, and nothing else");
        string user = Grown.Data.Users[0], item = recommender.Recommend(user, 1)[0].Item;
        Recommender next = recommender.WithInteractions([new Interaction(user, item), new Interaction("new", item)]);
        next.History(user).Should().Contain(item);
        float[] folded = FoldInMap.Apply(next.Model, next.Model.Seen(0))!;
        next.Model.UserBehavior[0].ToArray().Should().Equal(folded);
        next.Model.Users[1].ToArray().Should().Equal(recommender.Model.Users[1].ToArray());
        next.Recommend("new", 3).Source.Should().Be(RecommendationSource.User);
        using var folder = new TempFolder();
        next.Save(folder["model"]);
        Recommender.Load(folder["model"]).ShouldBeTheSameAs(next);

        using var features = new ModalFeatures(Grown.Data.Features);
        Grown.Build(new DRepMRecOptions(), data => new MgcnEncoder(data.Users.Count, features, new() { EmbeddingDim = 20 }))
            .RefreshReason.Should().StartWith("MgcnEncoder isn't");
        SlantedModalEncoder.Build(Grown.Data).RefreshReason.Should().StartWith("the rows of LightGcnEncoder and its modal line aren't");
    }

    [Fact]
    public void A_host_alone_is_refreshed_too()
    {
        foreach (DRepMRecOptions options in new[] { DRepMRecOptions.LightGcn, new DRepMRecOptions { UseModalLine = false } })
        {
            Recommender recommender = Grown.Build(options);
            recommender.RefreshKind.Should().Be(RefreshKind.Exact);
            Recommender next = recommender.WithInteractions(Grown.Stream(new SeededRandom(5), 30, weights: true));
            next.ShouldBeTheSameAs(GrownGraph.Whole(next));
        }
    }

    [Fact]
    public void Files_without_it_refuse_and_say_which_option_would_have_done()
    {
        Served.Recommender.RefreshKind.Should().Be(RefreshKind.None);
        FluentActions.Invoking(() => Served.Recommender.WithInteractions([])).Should().Throw<InvalidOperationException>()
            .WithMessage("*RecommenderOptions.IncludeRefresh*");
        FluentActions.Invoking(() => Grown.Recommender.WithInteractions([new Interaction("a", " ")])).Should().Throw<ArgumentException>()
            .WithMessage("Interaction 0: expected the id of the item as Unicode text that isn't blank, got a blank*");
        FluentActions.Invoking(() => Grown.Recommender.WithInteractions([new("a", "b"), new(null!, "b")])).Should()
            .Throw<ArgumentException>().WithMessage("Interaction 1: expected the id of the user*got nothing*");
        FluentActions.Invoking(() => Grown.Recommender.WithInteractions([new Interaction("a", "b", Weight: 0)])).Should()
            .Throw<ArgumentException>().WithMessage("Interaction 0: expected a weight from 1E-20 to 1E+20, got 0*");
        Grown.Recommender.WithInteractions([]).ShouldBeTheSameAs(Grown.Recommender);
    }

    [Theory]
    [InlineData("seen_items", int.MaxValue)]
    [InlineData("seen_items", -1)]
    [InlineData("seen_items", 40)]
    [InlineData("seen_offsets", 1 << 20)]
    public void Damaged_histories_that_were_not_verified_are_found_before_anything_is_made_of_them(string array, int value)
    {
        using var folder = new TempFolder();
        Grown.Recommender.Save(folder["model"]);
        byte[] bytes = File.ReadAllBytes(folder["model"]);
        using (var stream = new MemoryStream(bytes))
        {
            long first = Safetensors.ReadHeader(stream, "model").Places.Single(p => p.Name == array).Offset;
            BitConverter.GetBytes(value).CopyTo(bytes, (int)first + (array == "seen_items" ? 4 : 8));
        }

        File.WriteAllBytes(folder["damaged"], bytes);
        Recommender damaged = Recommender.Load(folder["damaged"], new RecommenderLoadOptions { Verify = false });
        FluentActions.Invoking(() => damaged.WithInteractions([new Interaction("a", "b")])).Should().Throw<ModelFileException>();
        FluentActions.Invoking(() => damaged.WithoutUsers([Grown.Data.Users[59]])).Should().Throw<ModelFileException>();
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        List<Interaction> stream = Grown.Stream(new SeededRandom(3), 50, weights: true);
        using (Parallelism.Use(1))
        {
            Recommender one = Grown.Recommender.WithInteractions(stream);
            using (Parallelism.Use(3))
                Grown.Recommender.WithInteractions(stream).ShouldBeTheSameAs(one);
        }
    }
}
