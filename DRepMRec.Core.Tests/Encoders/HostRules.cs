using DRepMRec.Alignment;
using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

/// <summary>What every recommender that BMA can be plugged into must do.</summary>
public abstract class HostRules : EncoderRules
{
    private static readonly RankingMetric Recall = RankingMetric.Recall(5);
    private static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    private static readonly TrainerOptions Options = new()
    {
        MaxEpochs = 40,
        BatchSize = 64,
        Threads = 2,
        Adam = new AdamOptions { LearningRate = 0.01 },
        StoppingMetric = Recall,
        Evaluation = new EvaluationOptions { Metrics = [Recall] },
    };

    private static readonly DRepMRecOptions Alone = new() { UseModalLine = false, Loss = new RankingLoss.Bpr() };
    private static readonly DRepMRecOptions Aligned = new()
    {
        Loss = new RankingLoss.Bpr(),
        Modal = new ModalEncoderOptions { Neighbors = 3 },
    };

    /// <summary>Creates the host with small dimensions.</summary>
    protected abstract IBehaviorEncoder Create(int userCount, ModalFeatures features, int seed);

    protected override nn.Module Create(int seed) => (nn.Module)Create(Users, Features, seed);

    protected override UserItemEmbeddings Encode(nn.Module encoder, InteractionGraph graph) => ((IBehaviorEncoder)encoder).call(graph);

    protected override ContractReport Check(RecDataset data)
        => HostContract.Check((d, features) => Create(d.Users.Count, features, 1), data);

    [Fact]
    public void Alone_and_with_bma_it_learns_a_checkerboard()
    {
        Train(Alone, 40).Recall.Should().BeGreaterThan(0.9);
        Train(Aligned, 40).Recall.Should().BeGreaterThan(0.9);
    }

    [Fact]
    public void Rows_that_it_does_not_have_are_refused()
    {
        using nn.Module encoder = Create(1);
        var host = (IBehaviorEncoder)encoder;
        using DisposeScope scope = NewDisposeScope();
        host.Invoking(h => h.Encode(Graph, new RowSet([Users], [0]), null)).Should().Throw<ArgumentException>();
        host.Invoking(h => h.Encode(Graph, new RowSet([0], [Graph.ItemCount]), null)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_training_leaves_no_gradients()
    {
        using var features = new ModalFeatures(Board.Features);
        using DRepMRecModel model = DRepMRecModel.Create(Board, Create(Board.Users.Count, features, 1), Alone);
        new Trainer(model, Board, Options with { MaxEpochs = 1 }).Fit();
        model.parameters().Should().AllSatisfy(p => p.grad.Should().BeNull());
    }

    [Fact]
    public void Trained_alone_it_is_what_a_plain_loop_over_all_its_rows_gives_up_to_rounding()
    {
        // Each of them unlike its default, and large enough to be seen.
        TrainerOptions options = Options with
        {
            Seed = 7,
            L2 = 0.05,
            Negatives = new NegativeSampling { Distribution = NegativeDistribution.Popularity, PopularityExponent = 1 },
        };
        float[] facade = Train(
            Alone with
            {
                Alignment = new BmaOptions { IntraWeight = 0, InterWeight = 0 },
                SimilaritySignal = new SssOptions { Weight = 0 },
            }, 3, options).Items;

        using var features = new ModalFeatures(Board.Features);
        IBehaviorEncoder host = Create(40, features, 1);
        using var module = (nn.Module)host;
        using var optimizer = new AdamOptimizer(module.parameters(), options.Adam);
        var whole = new InteractionGraph(Board.Train);
        var sampler = new BatchSampler(Board.Train, new RankingLoss.Bpr(), options.Negatives, options.BatchSize, options.Seed);
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            InteractionGraph graph = host.GraphForEpoch(whole, epoch);
            foreach (TrainingBatch batch in sampler.Epoch(epoch))
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.ZeroGradients();
                EncoderOutput output = host.Encode(graph, RowSet.All, batch.Whole);
                Tensor loss = new RankingLoss.Bpr().Compute(output.Embeddings, batch.Whole);
                foreach (LossTerm term in output.Terms)
                    loss = loss.Plus(term.Value, term.Weight);
                if (output.Ego is { } ego)
                    loss = loss.Plus(DRepMRecModel.SquaredLength(ego, batch.Whole), options.L2);
                loss.backward();
                optimizer.Step(options.Adam.LearningRate);
            }
        }

        using IDisposable noGradient = no_grad();
        UserItemEmbeddings final = host.call(whole);
        float[] plain = UserItemEmbeddings.Values(final.Items);
        final.Dispose();

        // The facade sums the same gradients in another order, which Adam enlarges where they are near zero.
        for (int i = 0; i < plain.Length; i++)
            facade[i].Should().BeApproximately(plain[i], 1e-3f);
    }

    [Fact]
    public void With_bma_a_garbage_collection_storm_changes_no_bit_and_no_tensor_stays()
    {
        long before = LiveTensors.Count;
        float[] calm = Train(Aligned, 5).Items;
        LiveTensors.ShouldBe(before);
        using var storm = new CollectionStorm();
        Train(Aligned, 5).Items.Should().Equal(calm);
    }

    private (float[] Items, double Recall) Train(DRepMRecOptions options, int epochs, TrainerOptions? training = null)
    {
        using var features = new ModalFeatures(Board.Features);
        IBehaviorEncoder host = Create(40, features, 1);
        using DRepMRecModel model = DRepMRecModel.Create(Board, host, options);
        training = (training ?? Options) with { MaxEpochs = epochs, Patience = 100, EvaluateEvery = epochs };
        TrainingReport report = new Trainer(model, Board, training).Fit();
        UserItemEmbeddings final = model.Embed();
        float[] items = UserItemEmbeddings.Values(final.Items);
        final.Dispose();
        return (items, report.EvaluateTest()[Recall]);
    }
}
