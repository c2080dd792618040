using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Model;

/// <summary>
/// What a part of the user's own returns or exports wrongly is refused by what was expected and what came; nothing is served untrained.
/// </summary>
public sealed class OwnPartFaultTests
{
    private static readonly RecDataset Board = OneModality();
    private static readonly DRepMRecOptions Bpr = new() { EmbeddingDim = 8, Loss = new RankingLoss.Bpr() };
    private static readonly DRepMRecOptions Alone = Bpr with { UseModalLine = false };

    public static TheoryData<string, string> Terms => new()
    {
        { "no result", "FaultyAlignment is expected to return a result; it returned nothing." },
        { "no terms", "FaultyAlignment is expected to return loss terms, at least an empty list; it returned nothing." },
        { "no name", "Each loss term needs a name; that of one is blank." },
        { "no value", "The loss term 'own' is expected to be a scalar of Float32; it is nothing." },
        { "vector", "The loss term 'own' is expected to be a scalar of Float32; it is Float32 [32]." },
        { "double", "The loss term 'own' is expected to be a scalar of Float32; it is Float64 []." },
        { "disposed", "The loss term 'own' is expected to be a scalar of Float32; it is a disposed tensor." },
        { "weight", "The loss term 'own' needs a finite weight; it is NaN." },
    };

    [Theory]
    [MemberData(nameof(Terms))]
    public void A_term_that_is_none_is_refused(string fault, string message)
    {
        var alignment = new FaultyAlignment
        {
            Alter = (behavior, result) => fault == "no result" ? null!
                : result with { Terms = fault == "no terms" ? null! : [Term(fault, behavior.Users)] },
        };
        Fails(DRepMRecModel.Create(Board, new FaultyHost(40, 30), new FaultyModal(), alignment, Bpr)).Which.Message.Should().Be(message);
    }

    private static LossTerm Term(string fault, Tensor users)
    {
        Tensor value = fault == "vector" ? users.sum(1) : fault == "double" ? users.sum().to(ScalarType.Float64) : users.sum();
        if (fault == "disposed")
            value.Dispose();
        return new LossTerm(fault == "no name" ? " " : "own", fault == "no value" ? null! : value, fault == "weight" ? double.NaN : 1);
    }

    [Fact]
    public void A_host_that_returns_the_same_tensors_twice_leaves_none_behind()
    {
        using var model = DRepMRecModel.Create(
            Board, new FaultyHost(40, 30) { Alter = output => output with { Ego = output.Embeddings } }, Alone);
        LiveTensors.ShouldNotGrow(() => model.Embed().Dispose());
    }

    [Fact]
    public void A_host_that_returns_nothing_or_other_rows_is_refused()
    {
        DRepMRecModel Model(Func<EncoderOutput, EncoderOutput> alter)
            => DRepMRecModel.Create(Board, new FaultyHost(40, 30) { Alter = alter }, Bpr with { UseHostModal = true });
        Fails(Model(_ => null!)).WithMessage("FaultyHost is expected to return an output; it returned nothing.");
        Fails(Model(o => o with { Terms = null! })).WithMessage("FaultyHost is expected to return loss terms*");
        Fails(Model(o => o with { Modal = new(o.Embeddings.Users.to(ScalarType.Float64), o.Embeddings.Items) }))
            .WithMessage("FaultyHost with EmbeddingDim 8 is expected to return modal representations of Float32 [*; it returned Float64 *");
        Fails(Model(o => o with { Modal = default(UserItemEmbeddings) })).WithMessage("*it returned nothing and nothing.");
        Fails(DRepMRecModel.Create(Board, new HostWithOtherEgo(), Alone))
            .WithMessage("HostWithOtherEgo is expected to return ego embeddings of Float32 [40, any]*it returned Float32 [3, 8]*");
    }

    [Fact]
    public void A_graph_of_an_epoch_over_others_is_refused()
    {
        InteractionGraph other = Samples.Checkerboard(41, 31).Graph();
        Fails(DRepMRecModel.Create(Board, new FaultyHost(40, 30) { EpochGraph = _ => other }, Alone)).WithMessage(
            "FaultyHost is expected to return a graph over 40 users and 30 items for each epoch; that of epoch 1 has 41 and 31.");
        Fails(DRepMRecModel.Create(Board, new FaultyHost(40, 30) { EpochGraph = _ => null! }, Alone)).WithMessage("*it returned nothing.");
    }

    [Fact]
    public void A_ranking_loss_that_is_none_is_refused()
    {
        void Refused(RankingLoss loss, string message)
            => Fails(DRepMRecModel.Create(Board, new FaultyHost(40, 30), Alone with { Loss = loss })).WithMessage(message);
        Refused(new FaultyLoss { Label = "" }, "Each loss term needs a name*");
        Refused(new FaultyLoss { Reduce = losses => losses }, "The loss term 'own' is expected to be a scalar*");
        Refused(new FaultyLoss { Reduce = _ => null }, "The loss term 'own' is expected to be a scalar*");
        Refused(new FaultyLoss { Negatives = 0 }, "Expected a ranking loss with at least one negative; FaultyLoss has 0.*");
        Fails(DRepMRecModel.Create(Board, new FaultyHost(40, 30, isFrozen: true), Alone)).WithMessage("No loss term leads to a weight*");
    }

    [Fact]
    public void Parts_of_options_that_are_null_are_refused_where_they_are_written()
    {
        foreach (Action create in new Action[]
            { () => _ = Bpr with { Loss = null! }, () => _ = Bpr with { Modal = null! }, () => _ = Bpr with { Alignment = null! },
              () => _ = Bpr with { SimilaritySignal = null! }, () => _ = new ModalEncoderOptions { ModalityWeights = null! } })
        {
            create.Should().Throw<ArgumentNullException>();
        }
    }

    public static TheoryData<string, string> Exports => new()
    {
        { "two", "FaultyModal is expected to export 1 modalities, one per modality of its features; got 2." },
        { "null", "FaultyModal is expected to export the modality 'image'; got nothing." },
        { "part", "FaultyModal with EmbeddingDim 8 is expected to return as its part of 'image' Float32 *it returned Float32 [3, 8]*" },
        { "projection", "FaultyModal is expected to export 48 numbers as Projection of 'image'; got 3." },
        { "bias", "FaultyModal is expected to export 8 numbers as ProjectionBias of 'image'; got none." },
        { "gate", "FaultyModal is expected to export 8 numbers as GateBias of 'image'; got none." },
        { "values", "FaultyModal is expected to export 240 numbers as NeighborValues of 'image'; got none." },
        { "neighbors", "FaultyModal is expected to export Neighbors of 'image' of at least 0; got -1." },
        { "weight", "FaultyModal is expected to export a finite Weight of 'image' of at least 0; got NaN." },
        { "factor", "FaultyAlignment is expected to export a finite ColdModalFactor; got NaN." },
    };

    [Theory]
    [MemberData(nameof(Exports))]
    public void An_export_that_does_not_fit_is_refused(string fault, string message)
    {
        ModalityExport With(ModalityExport m, Func<ContentExport, ContentExport> alter) => m with { Content = alter(m.Content!) };
        var modal = new FaultyModal
        {
            Alter = m => fault switch
            {
                "two" => [m, m],
                "null" => [null!],
                "part" => [m with { Part = m.Part with { Users = m.Part.Users.narrow(0, 0, 3) } }],
                "projection" => [With(m, c => c with { Projection = new float[3] })],
                "bias" => [With(m, c => c with { ProjectionBias = null! })],
                "gate" => [With(m, c => c with { Gate = new float[64] })],
                "values" => [With(m, c => c with { Neighbors = 3 })],
                "neighbors" => [With(m, c => c with { Neighbors = -1 })],
                "weight" => [With(m, c => c with { Weight = double.NaN })],
                _ => [m],
            },
        };
        var form = new FusionForm { ModalFactor = 0.5, ColdModalFactor = fault == "factor" ? double.NaN : null };
        using DRepMRecModel model = DRepMRecModel.Create(Board, new FaultyHost(40, 30), modal, new FaultyAlignment { Form = form }, Bpr);
        TrainingReport report = new Trainer(model, Board, Options).Fit();
        FluentActions.Invoking(() => report.BuildRecommender()).Should().Throw<SystemException>()
            .WithMessage(message);
    }

    [Theory]
    [InlineData(0.5, true, 1)]
    [InlineData(0.5, false, 1)]
    [InlineData(3, true, 0)]
    [InlineData(3, false, 0)]
    public void A_form_that_is_wrong_for_new_items_alone_is_left_out(double coldShare, bool byRow, int modalities)
    {
        var alignment = new FaultyAlignment { ColdShare = coldShare, FusesByRow = byRow };
        using DRepMRecModel model = DRepMRecModel.Create(Board, new FaultyHost(40, 30), new FaultyModal(), alignment, Bpr);
        Recommender recommender = new Trainer(model, Board, Options).Fit().BuildRecommender();
        recommender.FeatureDimensions.Should().HaveCount(modalities, "no known item is without behaviour, but each new one is");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_that_nothing_has_trained_are_not_served(bool moved)
    {
        using DRepMRecModel model = DRepMRecModel.Create(Board, Bpr);
        if (moved)
            model.to(ScalarType.Float64).to(CPU, ScalarType.Float32);
        model.Invoking(m => m.BuildRecommender(Board)).Should().Throw<InvalidOperationException>()
            .WithMessage("LightGcnEncoder has its random first weights*");
        new Trainer(model, Board, Options).Fit();
        model.BuildRecommender(Board).Users.Count.Should().Be(40);
        using DRepMRecModel loaded = DRepMRecModel.Create(Board, Bpr);
        loaded.load_state_dict(model.state_dict());
        loaded.BuildRecommender(Board).Users.Count.Should().Be(40, "weights that were loaded aren't the first ones");
        using DRepMRecModel brought = DRepMRecModel.Create(Board, new FaultyHost(40, 30), Alone);
        brought.BuildRecommender(Board).Users.Count.Should().Be(40, "what a host of the user's own begins with isn't known");
    }

    [Fact]
    public void Weights_that_can_not_be_computed_with_are_refused_before_libtorch_ends_the_process()
    {
        using DRepMRecModel moved = DRepMRecModel.Create(Board, Bpr), wide = DRepMRecModel.Create(Board, Bpr);
        moved.to(DeviceType.META);
        wide.to(ScalarType.Float64);
        foreach (DRepMRecModel model in new[] { moved, wide })
        {
            Action[] uses = [() => model.Embed(), () => model.BuildRecommender(Board), () => new Trainer(model, Board, Options).Fit()];
            foreach (Action use in uses)
                use.Should().Throw<InvalidOperationException>().WithMessage("The weights 'embedding' of LightGcnEncoder are *");
        }
    }

    [Theory]
    [InlineData("FREEDOM")]
    [InlineData("MGCN")]
    public void Without_item_layers_a_host_does_not_know_cold_items(string name)
    {
        List<(int, int)> train = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 3), (3, 2), (3, 3)];
        RecDataset data = Samples.Dataset("cold", 4, 5, train, [], [], [FirstItems(5)]);
        using var features = new ModalFeatures(data.Features);
        IBehaviorEncoder host = name == "FREEDOM" ? new FreedomEncoder(4, features, new FreedomOptions { EmbeddingDim = 8, ItemLayers = 0 })
            : new MgcnEncoder(4, features, new MgcnOptions { EmbeddingDim = 8, ItemLayers = 0 });
        using DRepMRecModel model = DRepMRecModel.Create(data, host, Alone);
        Recommender recommender = new Trainer(model, data, Options).Fit().BuildRecommender();
        recommender.Recommend("u0", 5).Single(i => i.Item == "i4").Score.Should().Be(0, "its row is its random first weights");
    }

    [Fact]
    public void Options_of_any_kind_are_named_or_refused()
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        OptionFields.Add(fields, "Cyclic", new Cyclic());
        OptionFields.Add(fields, "Long", new float[100_000]);
        OptionFields.Add(fields, "Half", "x\ud800y");
        OptionFields.Add(fields, "Emoji", new string('x', 99) + "\ud83d\ude00" + new string('y', 1000));
        fields["Emoji"].Should().Match(new string('x', 99) + "… (1101 characters, SHA-256 *)", "no character is cut in two");
        fields["Cyclic.Self"].Should().Be("the same as Cyclic");
        fields["Long"].Should().Match("[0, 0,*… (300000 characters, SHA-256 *)");
        fields["Half"].Should().Match("x\ufffdy… (3 characters, SHA-256 *)", "a file holds Unicode text alone");
        OptionFields.Add(fields, "Nested", new Nested());
        fields.Should().Contain(new Dictionary<string, string>
        {
            ["Nested.Layers"] = "2",
            ["Nested.Layers[0].Width"] = "64",
            ["Nested.Layers[1].Width"] = "32",
            ["Nested.Size.Rows"] = "7",
            ["Nested.ByName"] = "1",
            ["Nested.ByName[0].Key"] = "a",
            ["Nested.ByName[0].Value.Width"] = "16",
            ["Nested.Shares"] = "[[a, 0.5]]",
            ["Nested.Modality"] = "image",
            ["Nested.Own.Widths"] = "[3, 4]",
            ["Nested.Rows"] = "[1.5, 2]",
            ["Nested.Pair"] = "2",
            ["Nested.Pair[0].Width"] = "8",
            ["Nested.Pair[1]"] = "5",
            ["Nested.Metrics"] = "[Gini@5]",
        });
        List<object> endless = [];
        endless.Add(endless);
        foreach (object options in new object[] { endless, new Endless() })
        {
            FluentActions.Invoking(() => OptionFields.Add(fields, "X", options)).Should().Throw<InvalidOperationException>()
                .WithMessage("*go on inside themselves without end.");
        }

        FluentActions.Invoking(() => OptionFields.Add(fields, "X", new Throwing())).Should().Throw<InvalidOperationException>()
            .WithMessage("The option X.Value of Throwing can't be read: not now");
    }

    private static TrainerOptions Options => new() { MaxEpochs = 1, BatchSize = 64 };

    private static FluentAssertions.Specialized.ExceptionAssertions<SystemException> Fails(DRepMRecModel model)
    {
        using (model)
            return FluentActions.Invoking(() => new Trainer(model, Board, Options).Fit()).Should().Throw<SystemException>();
    }

    private static RecDataset OneModality()
    {
        RecDataset board = Samples.Checkerboard(40, 30);
        List<(int, int)> Pairs(InteractionSet set)
            => [.. Enumerable.Range(0, 40).SelectMany(u => set.ItemsOf(u).ToArray().Select(i => (u, i)))];
        return Samples.Dataset("board", 40, 30, Pairs(board.Train), Pairs(board.Validation), Pairs(board.Test), [board.Features[0]]);
    }

    private static ItemFeatures FirstItems(int count)
        => new(Modality.Image, count, Board.Features[0].Dimension, Board.Features[0].Values[..(count * Board.Features[0].Dimension)]);

    private sealed class Layer(int width)
    {
        public int Width => width;
    }

    private readonly record struct Own(int[] Widths);

    private struct Size
    {
        public int Rows { get; set; }
    }

    private sealed class Nested
    {
        public IReadOnlyList<Layer> Layers { get; } = [new Layer(64), new Layer(32)];

        public Size Size { get; } = new() { Rows = 7 };

        public IReadOnlyDictionary<string, Layer> ByName { get; } = new Dictionary<string, Layer> { ["a"] = new(16) };

        public IReadOnlyDictionary<string, double> Shares { get; } = new Dictionary<string, double> { ["a"] = 0.5 };

        public Modality Modality { get; } = Modality.Image;

        public Own Own { get; } = new([3, 4]);

        public ReadOnlyMemory<float> Rows { get; } = new float[] { 1.5f, 2 };

        public (Layer, int) Pair { get; } = (new(8), 5);

        public IReadOnlyList<ListMetric> Metrics { get; } = [ListMetric.Gini(5)];
    }

    private sealed class Cyclic
    {
        public Cyclic Self => this;
    }

    private sealed class Endless
    {
        public Endless Next => new();
    }

    private sealed class Throwing
    {
        public int Value => throw new NotSupportedException("not now");
    }
}
