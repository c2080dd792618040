using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>Small trainings with checkpoints in a folder of their own.</summary>
public abstract class CheckpointTestBase : IDisposable
{
    private protected static readonly RankingMetric Recall = RankingMetric.Recall(5);
    private protected static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    private protected static readonly TrainerOptions Options = new()
    {
        MaxEpochs = 8,
        BatchSize = 64,
        Threads = 2,
        Patience = 5,
        Adam = new AdamOptions { LearningRate = 0.01 },
        StoppingMetric = Recall,
        Evaluation = new EvaluationOptions { Metrics = [Recall, RankingMetric.Ndcg(5)] },
    };

    private protected static readonly DRepMRecOptions Small = new()
    {
        EmbeddingDim = 8,
        Loss = new RankingLoss.SampledSoftmax { Negatives = 16 },
        Modal = new ModalEncoderOptions { Neighbors = 3 },
        SimilaritySignal = new SssOptions { Weight = 0.1 },
    };

    private protected static readonly ModalFeatures Features = new(Board.Features);

    private protected TempFolder Folder { get; } = new();

    private protected string File => Folder["run.checkpoint"];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static TrainerOptions With(string path, int every = 1) => Options with
    {
        Checkpoint = new CheckpointOptions { Path = path, EveryEpochs = every },
    };

    private protected static Action Fitting(string host, TrainerOptions options) => () =>
    {
        using DRepMRecModel model = Create(host);
        new Trainer(model, Board, options).Fit();
    };

    /// <summary>Trains and gives a checksum of all weights and figures; cancels after a number of batches if there is one.</summary>
    private protected static string Train(string host, TrainerOptions options, int[] stop, ILogger? logger = null)
    {
        using DRepMRecModel model = Create(host);
        using var source = new CancellationTokenSource();
        var progress = new Immediate<TrainingProgress>(p =>
        {
            if (stop is [var batch] && ((p.Epoch - 1) * p.Batches) + p.Batch >= batch)
                source.Cancel();
        });
        return Fingerprint.Of(model, new Trainer(model, Board, options, logger).Fit(progress, source.Token));
    }

    private protected static DRepMRecModel Create(string host)
    {
        if (host == "DRepMRec")
            return DRepMRecModel.Create(Board, Small);
        if (host == "LightGCN")
            return DRepMRecModel.Create(Board, Small with { UseModalLine = false, Loss = new RankingLoss.Bpr() });
        IBehaviorEncoder encoder = host switch
        {
            "BPR-MF" => new MatrixFactorizationEncoder(40, 30, new() { EmbeddingDim = 8 }),
            "VBPR" => new VbprEncoder(40, Features, new() { EmbeddingDim = 4 }),
            "FREEDOM" => new FreedomEncoder(40, Features, new() { EmbeddingDim = 8, Neighbors = 3, EdgeDropout = 0.3 }),
            "MGCN" => new MgcnEncoder(40, Features, new() { EmbeddingDim = 8, Neighbors = 3 }),
            _ => new DropoutHost(),
        };
        return encoder.WithBehaviorModalAlignment(Board, Small);
    }

    /// <summary>Draws from libtorch's own generator, as modules of a user's may, and uses one of its weights at times only.</summary>
    private sealed class DropoutHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users;
        private readonly Parameter _items;
        private readonly Parameter _seldom;

        public DropoutHost()
            : base(nameof(DropoutHost))
        {
            random.manual_seed(7);
            _users = new Parameter(rand(40, 8));
            _items = new Parameter(rand(30, 8));
            _seldom = new Parameter(rand(30, 8));
            RegisterComponents();
        }

        public int EmbeddingDim => 8;

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor users = nn.functional.dropout(_users, 0.3, training);
            bool add = training && rand(1).item<float>() < 0.05f;
            return new UserItemEmbeddings(users.alias(), add ? _items.Plus(_seldom) : _items.alias()).MoveToOuterDisposeScope();
        }
    }
}
