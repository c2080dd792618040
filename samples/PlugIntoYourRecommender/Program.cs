//   dotnet run --project samples/PlugIntoYourRecommender -c Release -- [FOLDER]
// A recommender of your own: alone, with BMA in one line, with BMA in a training loop of your own, and with all three parts of your own;
// on a dataset of a folder as MMRec, RecBole or LATTICE have them, with features, or on one that is made up.
using Common;
using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Training;
using PlugIntoYourRecommender;
using TorchSharp;

return Guarded.Run(() =>
{
    if (args.Length > 1 || args is [['-', ..]])
        throw new ArgumentException("Expected the folder of a dataset, or nothing for one that is made up.");
    RecDataset data = args is [string folder] ? RecDataset.Load(folder) : SyntheticDataset.Create().Data;
    Console.WriteLine(data);
    if (data.Features.Count == 0)
        throw new ArgumentException("Expected a dataset with features, as BMA needs them; this one has none.");
    var options = new DRepMRecOptions { Loss = new RankingLoss.Bpr() };

    // 0. Do the parts of your own do what the library counts on?
    RecDataset small = SyntheticDataset.Create(new SyntheticOptions { Users = 60, Items = 40, Clusters = 4 }).Data;
    ContractReport[] reports =
    [
        HostContract.Check(d => new YourRecommender(d.Users.Count, d.Items.Count), small),
        ModalEncoderContract.Check((_, f) => new YourModalEncoder(f, embeddingDim: 64), small),
        AlignmentContract.Check(() => new YourAlignment(embeddingDim: 64), embeddingDim: 64, small),
    ];
    Console.WriteLine(string.Join<ContractReport>('\n', reports));

    // 1. Alone.
    using DRepMRecModel alone = DRepMRecModel.Create(data, NewHost(), options with { UseModalLine = false });
    Print("alone", new Trainer(alone, data).Fit().EvaluateTest());

    // 2. With BMA.
    using DRepMRecModel aligned = NewHost().WithBehaviorModalAlignment(data, options);
    Print("with BMA", new Trainer(aligned, data).Fit().EvaluateTest());

    // 3. With BMA in a loop of your own, which stops early and keeps the best epoch as the trainer does.
    using YourRecommender host = NewHost();
    using var features = new ModalFeatures(data.Features);
    using var modal = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = host.EmbeddingDim });
    using var bma = new BehaviorModalAlignment(host.EmbeddingDim);
    using var adam = new AdamOptimizer([.. host.parameters(), .. modal.parameters(), .. bma.parameters()]);
    var graph = new InteractionGraph(data.Train);
    var sampler = new BatchSampler(data.Train, options.Loss);
    var evaluator = new Evaluator();
    (int Epoch, double Recall, EmbeddingScorer? Scorer) best = (0, -1, null);
    for (int epoch = 1; epoch - best.Epoch <= 20; epoch++)
    {
        foreach (TrainingBatch batch in sampler.Epoch(epoch))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            adam.ZeroGradients();
            UserItemEmbeddings behavior = graph.KeepKnown(host.call(graph), RowSet.All, dropout: 0.1, batch.Seed);
            UserItemEmbeddings content = modal.call(graph.Without(batch.UserIndices, batch.PositiveIndices), features);
            AlignmentResult step = bma.call(behavior, content, batch.Whole);
            options.Loss.Compute(step.Fused, batch.Whole).Plus(step.Loss).backward();
            adam.Step();
        }

        using IDisposable noGradient = torch.no_grad();
        using DisposeScope inference = torch.NewDisposeScope();
        UserItemEmbeddings known = graph.KeepKnown(host.call(graph), RowSet.All);
        EmbeddingScorer scorer = EmbeddingScorer.Of(bma.call(known, modal.call(graph, features), null).Fused);
        double recall = evaluator.Evaluate(scorer, data, EvaluationTarget.Validation)[RankingMetric.Recall(20)];
        if (recall > best.Recall)
            best = (epoch, recall, scorer);
    }

    Print("with BMA, own loop", evaluator.Evaluate(best.Scorer!, data, EvaluationTarget.Test));

    // 4. With a modal encoder and an alignment of your own too: trained, interrupted and continued, saved, and served without libtorch.
    using DRepMRecModel own = DRepMRecModel.Create(
        data, NewHost(), new YourModalEncoder(features, host.EmbeddingDim), new YourAlignment(host.EmbeddingDim), options);
    string folderOfRun = Directory.CreateTempSubdirectory("own-parts").FullName;
    var training = new TrainerOptions
    {
        MaxEpochs = 60,
        Checkpoint = new CheckpointOptions { Path = Path.Combine(folderOfRun, "run.checkpoint") },
    };
    new Trainer(own, data, training with { MaxEpochs = 5 }).Fit();
    TrainingReport report = new Trainer(own, data, training).Fit();
    Print("all parts of your own", report.EvaluateTest());
    string file = Path.Combine(folderOfRun, "model.drepmrec");
    report.BuildRecommender().Save(file);
    Recommender recommender = Recommender.Load(file, new RecommenderLoadOptions { MemoryMap = false });
    string user = data.Users[0];
    Recommendation first = recommender.Recommend(user, 1)[0];
    Explanation why = recommender.Explain(user, first.Item)!;
    string parts = string.Join(", ", why.Modalities.Select(m => FormattableString.Invariant($"{m.Key} {m.Value:F3}")));
    Console.WriteLine(FormattableString.Invariant(
        $"user {user}: item {first.Item}, score {first.Score:F3}, of which behaviour {why.Behavior:F3}, {parts}"));
    Directory.Delete(folderOfRun, recursive: true);

    YourRecommender NewHost() => new(data.Users.Count, data.Items.Count);
});

static void Print(string how, EvaluationResult result)
{
    double recall = result[RankingMetric.Recall(20)], ndcg = result[RankingMetric.Ndcg(20)];
    string cold = result.ColdItems is { } items ? FormattableString.Invariant($"; of cold items {items[RankingMetric.Recall(20)]:F4}") : "";
    Console.WriteLine(FormattableString.Invariant($"{how}: test Recall@20 {recall:F4}, NDCG@20 {ndcg:F4}") + cold);
}
