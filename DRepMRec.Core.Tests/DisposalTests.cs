using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests;

/// <summary>What is disposed says so, by the name of its type, when it is used; disposing it again does nothing.</summary>
public sealed class DisposalTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(12, 10);
    private static readonly TrainerOptions Options = new()
    {
        MaxEpochs = 1,
        StoppingMetric = RankingMetric.Recall(5),
        Evaluation = new EvaluationOptions { Metrics = [RankingMetric.Recall(5)] },
    };

    [Fact]
    public void A_model()
    {
        DRepMRecModel model = DRepMRecModel.Create(Board, new DRepMRecOptions { EmbeddingDim = 4 });
        var trainer = new Trainer(model, Board, Options);
        TrainingReport report = trainer.Fit();
        ModalFeatures features = model.Features!;
        IBehaviorEncoder host = model.BehaviorEncoder;
        model.Dispose();
        model.Dispose();
        var batch = new TrainingBatch([0], [1], [2]);
        IsDisposed(nameof(DRepMRecModel), () => model.Embed());
        IsDisposed(nameof(DRepMRecModel), () => model.call(null));
        IsDisposed(nameof(DRepMRecModel), () => model.call(batch));
        IsDisposed(nameof(DRepMRecModel), () => trainer.Fit());
        IsDisposed(nameof(DRepMRecModel), () => report.EvaluateTest());
        IsDisposed(nameof(DRepMRecModel), () => report.BuildRecommender());
        IsDisposed(nameof(ModalFeatures), () => features.Values[0].sum());
        IsDisposed(nameof(LightGcnEncoder), () => host.call(Board.Graph()));
        report.Validation.Should().NotBeNull("figures are plain numbers");
        model.Graph.EdgeCount.Should().Be(Board.Train.Count, "so is the graph");
    }

    [Fact]
    public void Encoders()
    {
        InteractionGraph graph = Board.Graph();
        using var features = new ModalFeatures(Board.Features);
        nn.Module[] hosts =
        [
            new LightGcnEncoder(12, 10), new MatrixFactorizationEncoder(12, 10),
            new VbprEncoder(12, features), new FreedomEncoder(12, features), new MgcnEncoder(12, features),
        ];
        foreach (nn.Module host in hosts)
        {
            host.Dispose();
            host.Dispose();
            IsDisposed(host.GetType().Name, () => ((IBehaviorEncoder)host).call(graph));
            IsDisposed(host.GetType().Name, () => _ = ((IBehaviorEncoder)host).Ego);
            IsDisposed(host.GetType().Name, () => ((IBehaviorEncoder)host).Encode(graph, RowSet.All, null));
        }

        var modal = new ModalEncoder(features);
        modal.Dispose();
        modal.Dispose();
        IsDisposed(nameof(ModalEncoder), () => modal.call(graph, features));
        IsDisposed(nameof(ModalEncoder), () => modal.Encode(graph, features, new RowSet([1], [2]), null));
        IsDisposed(nameof(ModalEncoder), () => modal.Export(graph, features));
        using var scope = NewDisposeScope();
        var rows = new UserItemEmbeddings(ones(12, 4), ones(10, 4));
        var alignment = new BehaviorModalAlignment(4, new BmaOptions { Fusion = new Fusion.Sum() });
        alignment.Dispose();
        alignment.Dispose();
        IsDisposed(nameof(BehaviorModalAlignment), () => alignment.call(rows, rows, null));
    }

    [Theory]
    [InlineData("LightGCN")]
    [InlineData("FREEDOM")]
    [InlineData("MGCN")]
    public void An_encoder_takes_along_what_steps_of_somebody_else_made_it_keep(string name)
    {
        using var features = new ModalFeatures(Board.Features);
        BatchRows batch = new TrainingBatch([0, 3], [2, 5], [1, 4]).Compact;
        void Use()
        {
            IBehaviorEncoder host = name switch
            {
                "LightGCN" => new LightGcnEncoder(12, 10),
                "FREEDOM" => new FreedomEncoder(12, features),
                _ => new MgcnEncoder(12, features),
            };
            using (NewDisposeScope())
            {
                EncoderOutput output = host.Encode(Board.Graph(), batch.Rows, batch);
                Backpropagation.Run(output.Embeddings.Users.sum().Plus(output.Embeddings.Items.sum()));
            }

            ((nn.Module)host).Dispose();
        }

        LiveTensors.ShouldNotGrow(Use);
    }

    [Fact]
    public void A_model_that_cannot_be_made_leaves_nothing_behind()
    {
        using var features = new ModalFeatures(Board.Features);
        using var narrow = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 8 });
        using var host = new LightGcnEncoder(12, 10);
        using var alignment = new BehaviorModalAlignment(64);
        var fixedWeights = new ModalEncoderOptions { ModalityWeights = [1, 2, 3] };
        Action[] wrong =
        [
            () => DRepMRecModel.Create(Board, new DRepMRecOptions { Modal = fixedWeights }),
            () => DRepMRecModel.Create(Board, host, new DRepMRecOptions { Modal = fixedWeights }),
            () => DRepMRecModel.Create(Board, host, new DRepMRecOptions { Alignment = new() { Fusion = new Unmakeable() } }),
            () => DRepMRecModel.Create(Board, host, narrow, alignment),
        ];
        foreach (Action make in wrong)
            LiveTensors.ShouldNotGrow(() => make.Should().Throw<ArgumentException>());
        host.call(Board.Graph()).Dispose();
        using var scope = NewDisposeScope();
        var rows = new UserItemEmbeddings(ones(12, 64), ones(10, 64));
        alignment.call(rows, rows, null).Fused.Dimension.Should().Be(128, "parts that were brought stay whose they are");
    }

    [Fact]
    public void Features_of_a_living_encoder()
    {
        var features = new ModalFeatures(Board.Features);
        using var vbpr = new VbprEncoder(12, features);
        features.Dispose();
        features.Dispose();
        IsDisposed(nameof(ModalFeatures), () => vbpr.call(Board.Graph()));
        IsDisposed(nameof(ModalFeatures), () => features.Relations(0, 3));
        IsDisposed(nameof(ModalFeatures), () => _ = features.AnyPresent);
        IsDisposed(nameof(ModalFeatures), () => _ = features.Present);
        features.ItemCount.Should().Be(10);
    }

    [Fact]
    public void An_optimiser()
    {
        using var parameter = new Parameter(ones(3));
        var adam = new AdamOptimizer([parameter]);
        adam.Dispose();
        adam.Dispose();
        IsDisposed(nameof(AdamOptimizer), () => adam.Step());
        IsDisposed(nameof(AdamOptimizer), () => adam.ZeroGradients());
    }

    private sealed record Unmakeable : Fusion
    {
        public override int Dimension(int lineDimension) => lineDimension;

        public override nn.Module CreateWeights(int lineDimension, int seed) => throw new ArgumentException("no weights");

        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => behavior;
    }

    private static void IsDisposed(string type, Action use)
        => use.Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().EndWith(type);
}
