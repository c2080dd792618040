using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>FREEDOM's items get a second propagation, over a graph of content; new interactions leave it as it is.</summary>
public sealed class FreedomRefreshTests
{
    private const int ColdItems = 4;

    // Items without an interaction, of which the item graph leads to some.
    private static readonly RecDataset Data = WithoutItems(Grown.Data, ColdItems);
    private static readonly Lazy<Recommender> WithLine = new(() => Train(alone: false, itemLayers: 1).Recommender);
    private static readonly Lazy<Recommender> Alone = new(() => Train(alone: true, itemLayers: 2).Recommender);

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, false, true)]
    [InlineData(3, true, false)]
    [InlineData(4, true, true)]
    public void In_however_many_calls_a_stream_comes_the_rows_are_those_of_the_whole_propagation(ulong seed, bool alone, bool weights)
    {
        Recommender trained = alone ? Alone.Value : WithLine.Value;
        (trained.RefreshKind, trained.RefreshReason).Should().Be((RefreshKind.Exact, null));
        var random = new SeededRandom(seed);
        List<Interaction> stream = Grown.Stream(random, 90, weights);
        Recommender atOnce = trained.WithInteractions(stream), byParts = trained;
        for (int from = 0, count; from < stream.Count; from += count)
        {
            count = Math.Min(stream.Count - from, 1 + random.NextInt(12));
            byParts = byParts.WithInteractions(stream.GetRange(from, count));
        }

        byParts.ShouldBeTheSameAs(atOnce);
        byParts.ShouldBeTheSameAs(GrownGraph.Whole(atOnce));
        using var folder = new TempFolder();
        trained.Save(folder["model"]);
        Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true }).WithInteractions(stream)
            .ShouldBeTheSameAs(atOnce);
        string[] gone = [.. atOnce.Users.Take(3)];
        atOnce.WithoutUsers(gone).ShouldBeTheSameAs(GrownGraph.Whole(atOnce.WithoutUsers(gone)));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void The_rows_are_those_of_the_trained_weights_over_the_new_graph(bool alone, int itemLayers)
    {
        var (recommender, model) = Train(alone, itemLayers);
        using DRepMRecModel trained = model;
        recommender.RefreshKind.Should().Be(RefreshKind.Exact);
        recommender.Model.Items.ShouldBeClose(UserItemEmbeddings.Values(trained.Embed().Items));

        // Cold items are among those that get their first interactions.
        List<Interaction> stream =
            [.. Grown.Stream(new SeededRandom(7), 60, weights: true), new("new-user-x", Data.Items[0]), new(Data.Users[0], Data.Items[1])];
        Recommender refreshed = recommender.WithInteractions(stream);
        RecDataset grown = GrownGraph.Extend(refreshed);
        using DRepMRecModel over = Create(grown, alone, itemLayers), untrained = Create(Data, alone, itemLayers);
        GrownGraph.Copy(trained, untrained, over);
        using UserItemEmbeddings expected = over.Embed();
        refreshed.Model.Users.ShouldBeClose(UserItemEmbeddings.Values(expected.Users));
        refreshed.Model.Items.ShouldBeClose(UserItemEmbeddings.Values(expected.Items));
    }

    private static (Recommender Recommender, DRepMRecModel Model) Train(bool alone, int itemLayers)
    {
        DRepMRecModel model = Create(Data, alone, itemLayers);
        return (Grown.Fit(model, data: Data).BuildRecommender(new RecommenderOptions { IncludeRefresh = true }), model);
    }

    // The features are left to the finaliser, with the model.
    private static DRepMRecModel Create(RecDataset data, bool alone, int itemLayers) => DRepMRecModel.Create(
        data,
        new FreedomEncoder(data.Users.Count, new ModalFeatures(data.Features),
            new() { EmbeddingDim = 20, ItemLayers = itemLayers, Neighbors = 2, EdgeDropout = 0.2 }),
        alone ? DRepMRecOptions.LightGcn : new DRepMRecOptions());

    private static RecDataset WithoutItems(RecDataset data, int count)
    {
        (int User, int Item)[] pairs = [.. data.Train.ExpandUsers().Zip(data.Train.Items.ToArray()).Where(p => p.Second >= count)];
        var train = new InteractionSet(data.Users.Count, data.Items.Count, pairs);
        return new RecDataset(
            data.Name, data.Users, data.Items, new InteractionSplits(train, data.Validation, data.Test), data.Features);
    }
}
