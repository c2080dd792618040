using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Alignment;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Reliability;

/// <summary>Each thing that the library does, small, as a checksum of its result: the same whenever and beside whatever it runs.</summary>
internal static class Scenarios
{
    private static readonly Lazy<Recommender> Trained = new(() =>
    {
        using DRepMRecModel model = DRepMRecModel.Create(Data, new DRepMRecOptions { EmbeddingDim = 8 });
        return new Trainer(model, Data, TinyTraining.Options(2)).Fit().BuildRecommender();
    });

    private static RecDataset Data => TinyTraining.Data;

    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>(
    [
        .. Models.Names.Select(name => KeyValuePair.Create($"training {name}", () => TinyTraining.Run(name, null, epochs: 2))),
        KeyValuePair.Create("training with checkpoints", TrainInPieces),
        KeyValuePair.Create("a loop of one's own", OwnLoop),
        KeyValuePair.Create("baselines", Baselines),
        KeyValuePair.Create("serving", Serve),
        KeyValuePair.Create("saving and loading", SaveAndLoad),
        KeyValuePair.Create("datasets", Datasets),
    ]);

    /// <summary>A recommender that is trained once for all.</summary>
    public static Recommender Recommender => Trained.Value;

    public static string Serve() => Answers(Recommender);

    public static string Answers(Recommender recommender)
    {
        var text = new StringBuilder();
        foreach (string user in recommender.Users.Take(40))
            text.AppendJoin(' ', recommender.Recommend(user, 5).Select(r => $"{r.Item} {BitConverter.SingleToInt32Bits(r.Score)}"));
        foreach (string item in recommender.Items.Take(40))
            text.AppendJoin(' ', recommender.SimilarItems(item, 5).Select(r => $"{r.Item} {BitConverter.SingleToInt32Bits(r.Score)}"));
        return Checksum(text.ToString());
    }

    private static string SaveAndLoad()
    {
        using var folder = new TempFolder();
        Recommender.Save(folder["model"]);
        return Answers(Recommender.Load(folder["model"])) + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["model"])));
    }

    private static string TrainInPieces()
    {
        using var folder = new TempFolder();
        try
        {
            TinyTraining.Run("FREEDOM + BMA", folder["run"], epochs: 2, stopAfter: 3);
            throw new InvalidOperationException("Expected a training that is cancelled, got one that went to its end.");
        }
        catch (OperationCanceledException)
        {
            return TinyTraining.Run("FREEDOM + BMA", folder["run"], epochs: 2);
        }
    }

    /// <summary>The loop of docs/plugging-in-bma.md.</summary>
    private static string OwnLoop()
    {
        var loss = new RankingLoss.SampledSoftmax { Negatives = 16 };
        using var host = new LightGcnEncoder(Data.Users.Count, Data.Items.Count, new LightGcnOptions { EmbeddingDim = 8 });
        using var features = new ModalFeatures(Data.Features);
        using var modal = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 8, Neighbors = 3 });
        using var bma = new BehaviorModalAlignment(8);
        using var adam = new AdamOptimizer([.. host.parameters(), .. modal.parameters(), .. bma.parameters()]);
        var signal = new SimilaritySupervisedSignal();
        InteractionGraph graph = Data.Graph();
        foreach (TrainingBatch batch in new BatchSampler(Data.Train, loss, batchSize: 256).Epoch(1))
        {
            using DisposeScope step = NewDisposeScope();
            adam.ZeroGradients();
            UserItemEmbeddings content = modal.call(graph.Without(batch.UserIndices, batch.PositiveIndices), features);
            AlignmentResult aligned = bma.call(host.call(graph), content, batch.Whole);
            loss.Compute(aligned.Fused, batch.Whole).Plus(aligned.Loss)
                .Plus(signal.Compute(content.Items, features, batch.Whole), signal.Weight).backward();
            adam.Step();
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Show(new Evaluator().Evaluate(
            EmbeddingScorer.Of(bma.call(host.call(graph), modal.call(graph, features), null).Fused), Data, EvaluationTarget.Test));
    }

    private static string Baselines()
    {
        IItemScorer[] scorers =
            [new PopularityRecommender(Data.Train), new ItemKnnRecommender(Data.Train), new EaseRecommender(Data.Train)];
        return string.Join(' ', scorers.Select(s => Show(new Evaluator().Evaluate(s, Data, EvaluationTarget.Test))));
    }

    private static string Datasets()
    {
        using var folder = new TempFolder();
        Data.SaveMmrec(folder.Path);
        RecDataset loaded = RecDataset.Load(folder.Path);
        return loaded.SplitChecksum
            + SyntheticDataset.Create(new SyntheticOptions { Users = 50, Items = 40, Clusters = 4 }).Data.SplitChecksum;
    }

    private static string Show(EvaluationResult result)
        => string.Join(' ', result.Metrics.Select(m => m.Value.ToString("R", CultureInfo.InvariantCulture)));

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
