using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Hosts;

/// <summary>The item graphs of FREEDOM and MGCN, and what they let items without an interaction be.</summary>
public sealed class ItemGraphTests
{
    private const int Users = 6;
    private const int Items = 9;

    // Items 7 and 8 have nobody.
    private static readonly RecDataset Data = Samples.Dataset("items", Users, Items,
        [.. Enumerable.Range(0, Users).SelectMany(u => new[] { (u, u), (u, (u + 2) % 7) })], [], [],
        [
            new ItemFeatures(Modality.Image, Items, 3, Samples.Floats(Items * 3, 1)),
            new ItemFeatures(Modality.Text, Items, 4, Samples.Floats(Items * 4, 2)),
        ]);

    private static readonly InteractionGraph Graph = new(Data.Train);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    [InlineData(9, 4)]
    public void Rows_are_kept_as_far_as_a_graph_leads_in_so_many_steps(int layers, int reached)
    {
        using DisposeScope scope = NewDisposeScope();
        var chain = new CsrMatrix(5, 5, [(0, 1, 1), (1, 2, 1), (2, 3, 1), (4, 4, 1)]);
        var graph = new InteractionGraph(new InteractionSet(1, 5, [(0, 0)]));
        Known(ItemGraphs.KeepReached(ones(5, 2), graph, [chain], layers)).Should().Equal(Enumerable.Range(0, reached));
    }

    [Fact]
    public void Any_of_several_graphs_may_lead_there_each_by_itself()
    {
        using DisposeScope scope = NewDisposeScope();
        CsrMatrix first = new(4, 4, [(0, 1, 1)]), second = new(4, 4, [(0, 2, 1), (1, 3, 1)]);
        var graph = new InteractionGraph(new InteractionSet(1, 4, [(0, 0)]));
        Known(ItemGraphs.KeepReached(ones(4, 1), graph, [first, second], 2)).Should().Equal(0, 1, 2);
    }

    [Fact]
    public void Where_every_item_has_somebody_rows_stay_what_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = ones(2, 3);
        var graph = new InteractionGraph(new InteractionSet(1, 2, [(0, 0), (0, 1)]));
        ItemGraphs.KeepReached(rows, graph, [], 0).Should().BeSameAs(rows);
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.MaxValue, double.MaxValue)]
    [InlineData(0, 0)]
    public void Weights_of_modalities_that_make_no_sense_are_refused(double first, double second)
    {
        using var features = new ModalFeatures(Data.Features);
        FluentActions.Invoking(() => ItemGraphs.Combine(features, 3, [first, second])).Should().Throw<ArgumentException>()
            .WithMessage("Modality weights must be 0 or above, not all 0, and of a finite sum; got *");
    }

    [Fact]
    public void Graphs_are_mixed_by_the_shares_of_their_weights()
    {
        using var features = new ModalFeatures(Data.Features);
        Dictionary<(int, int), double> image = Entries(ItemGraphs.OfModality(features, 0, 3, weighted: false)),
            text = Entries(ItemGraphs.OfModality(features, 1, 3, weighted: false));
        foreach (var (weights, share) in new (double[], double)[] { ([], 0.5), ([3, 3], 0.5), ([1, 3], 0.25), ([2, 0], 1), ([0, 5], 0) })
        {
            Dictionary<(int, int), double> mixed = Entries(ItemGraphs.Combine(features, 3, weights));
            foreach (var place in image.Keys.Union(text.Keys))
            {
                double expected = (share * image.GetValueOrDefault(place)) + ((1 - share) * text.GetValueOrDefault(place));
                mixed.GetValueOrDefault(place).Should().BeApproximately(expected, 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("freedom")]
    [InlineData("mgcn")]
    public void Content_reaches_cold_items_over_item_layers_alone(string host)
    {
        using DisposeScope scope = NewDisposeScope();
        using var features = new ModalFeatures(Data.Features);
        Create(host, features, 0, 1).KnowsColdItems.Should().BeFalse();
        Create(host, features, 1, 1).KnowsColdItems.Should().BeTrue();
    }

    [Theory]
    [InlineData("freedom")]
    [InlineData("mgcn")]
    public void A_loss_of_its_own_without_weight_is_left_out(string host)
    {
        using DisposeScope scope = NewDisposeScope();
        using var features = new ModalFeatures(Data.Features);
        var batch = new TrainingBatch([0, 1], [0, 1], [4, 5]);
        IReadOnlyList<LossTerm> Terms(double weight)
            => Create(host, features, 1, weight).Encode(Graph, batch.Compact.Rows, batch.Compact).Terms;
        Terms(0).Should().BeEmpty();
        Terms(0.5).Should().ContainSingle().Which.Weight.Should().Be(0.5);
    }

    [Theory]
    [InlineData("freedom", 0)]
    [InlineData("freedom", 1)]
    [InlineData("freedom", 2)]
    [InlineData("mgcn", 0)]
    [InlineData("mgcn", 1)]
    [InlineData("mgcn", 2)]
    [InlineData("vbpr", 0)]
    public void Some_rows_are_those_of_all_in_training_and_in_use(string host, int itemLayers)
    {
        using DisposeScope scope = NewDisposeScope();
        using var features = new ModalFeatures(Data.Features);
        IBehaviorEncoder encoder = Create(host, features, itemLayers, 1);
        int[] users = [1, 4], items = [0, 3, 7, 8];
        foreach (bool training in new[] { true, false })
        {
            ((nn.Module)encoder).train(training);
            EncoderOutput whole = encoder.Encode(Graph, RowSet.All, null), some = encoder.Encode(Graph, new RowSet(users, items), null);
            Same(some.Embeddings, whole.Embeddings);
            if (whole.Modal is { } modal)
                Same(some.Modal!.Value, modal);
        }

        void Same(UserItemEmbeddings some, UserItemEmbeddings whole)
        {
            some.Users.allclose(whole.Users.SelectRows(users), 1e-5, 1e-6).Should().BeTrue();
            some.Items.allclose(whole.Items.SelectRows(items), 1e-5, 1e-6).Should().BeTrue();
        }
    }

    [Fact]
    public void What_mgcn_knows_of_cold_items_by_no_graph_is_nothing_in_use()
    {
        using DisposeScope scope = NewDisposeScope();
        using var features = new ModalFeatures(Data.Features);
        IBehaviorEncoder encoder = Create("mgcn", features, 0, 1);
        Known(encoder.Encode(Graph, RowSet.All, null).Modal!.Value.Items).Should().HaveCount(Items, "training shapes rows");
        ((nn.Module)encoder).eval();
        var some = new InteractionGraph(
            new InteractionSet(Users, Items, [.. Enumerable.Range(2, 4).SelectMany(u => new[] { (u, u), (u, (u + 2) % 7) })]));
        UserItemEmbeddings side = encoder.Encode(some, RowSet.All, null).Modal!.Value;
        Known(side.Items).Should().Equal(0, 2, 3, 4, 5, 6);
        Known(side.Users).Should().Equal(2, 3, 4, 5);
    }

    [Fact]
    public void Vbpr_uses_no_first_weights_of_items_that_have_nobody()
    {
        using DisposeScope scope = NewDisposeScope();
        using var features = new ModalFeatures(Data.Features);
        IBehaviorEncoder encoder = Create("vbpr", features, 0, 1);
        encoder.KnowsColdItems.Should().BeTrue("their content is projected");
        int half = encoder.EmbeddingDim / 2;
        Tensor Own() => encoder.call(Graph).Items.narrow(1, 0, half);
        Known(Own()).Should().HaveCount(Items);
        ((nn.Module)encoder).eval();
        Known(Own()).Should().Equal(Enumerable.Range(0, 7));
    }

    [Fact]
    public void Seeds_and_epochs_drop_other_edges()
    {
        using var features = new ModalFeatures(Data.Features);
        string[] kept =
        [
            .. from seed in new[] { 1, 2, 3 }
               let encoder = new FreedomEncoder(Users, features, new FreedomOptions { EmbeddingDim = 8, EdgeDropout = 0.5, Seed = seed })
               from epoch in new[] { 1, 2 }
               select string.Join(' ', encoder.GraphForEpoch(Graph, epoch).Adjacency.Columns.ToArray()),
        ];
        kept.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void What_libtorch_keeps_of_a_pruned_graph_goes_with_its_epoch()
    {
        using IDisposable off = OwnKernels.SwitchOff();
        using var features = new ModalFeatures(Data.Features);
        using var encoder = new FreedomEncoder(Users, features, new FreedomOptions { EmbeddingDim = 8, EdgeDropout = 0.5 });
        int epoch = 0;
        List<InteractionGraph> pruned = [];
        LiveTensors.ShouldNotGrow(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            pruned.Add(encoder.GraphForEpoch(Graph, ++epoch));
            encoder.call(pruned[^1]);
        });
        pruned.Should().OnlyHaveUniqueItems();
        encoder.call(pruned[0]).Users.shape.Should().Equal([Users, 8], "a copy is made again where it's wanted");
    }

    private static IBehaviorEncoder Create(string host, ModalFeatures features, int itemLayers, double weight) => host switch
    {
        "freedom" => new FreedomEncoder(Users, features,
            new FreedomOptions { EmbeddingDim = 8, Neighbors = 3, ItemLayers = itemLayers, ModalLossWeight = weight }),
        "mgcn" => new MgcnEncoder(Users, features,
            new MgcnOptions { EmbeddingDim = 8, Neighbors = 3, ItemLayers = itemLayers, ContrastWeight = weight }),
        _ => new VbprEncoder(Users, features, new VbprOptions { EmbeddingDim = 8 }),
    };

    /// <summary>Rows that aren't zeros.</summary>
    private static int[] Known(Tensor rows)
        => [.. Enumerable.Range(0, (int)rows.shape[0]).Where(row => rows[row].abs().sum().item<float>() > 0)];

    private static Dictionary<(int, int), double> Entries(CsrMatrix matrix)
    {
        var entries = new Dictionary<(int, int), double>();
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int e = matrix.RowOffsets[row]; e < matrix.RowOffsets[row + 1]; e++)
                entries[(row, matrix.Columns[e])] = matrix.Values[e];
        }

        return entries;
    }
}
