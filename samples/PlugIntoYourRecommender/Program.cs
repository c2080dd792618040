// A recommender of your own: alone, with BMA in one line, and with BMA in a training loop of your own.
using Common;
using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Training;
using PlugIntoYourRecommender;
using TorchSharp;

return Guarded.Run(() =>
{
    RecDataset data = args is [string folder] ? RecDataset.Load(folder) : SyntheticDataset.Create().Data;
    Console.WriteLine(data);
    if (data.Features.Count == 0)
        throw new ArgumentException("Expected a dataset with features, as BMA needs them; this one has none.");
    var options = new DRepMRecOptions { Loss = new RankingLoss.Bpr() };

    // 1. Alone.
    using DRepMRecModel alone = DRepMRecModel.Create(data, NewHost(), options with { UseModalLine = false });
    Print("alone", new Trainer(alone, data).Fit().EvaluateTest());

    // 2. With BMA.
    using DRepMRecModel aligned = NewHost().WithBehaviorModalAlignment(data, options);
    Print("with BMA", new Trainer(aligned, data).Fit().EvaluateTest());

    // 3. With BMA in a loop of your own.
    using YourRecommender host = NewHost();
    using var features = new ModalFeatures(data.Features);
    using var modal = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = host.EmbeddingDim });
    using var bma = new BehaviorModalAlignment(host.EmbeddingDim);
    using var adam = new AdamOptimizer([.. host.parameters(), .. modal.parameters(), .. bma.parameters()]);
    var signal = new SimilaritySupervisedSignal();
    var graph = new InteractionGraph(data.Train);
    var sampler = new BatchSampler(data.Train, options.Loss);
    for (int epoch = 1; epoch <= 40; epoch++)
    {
        foreach (TrainingBatch batch in sampler.Epoch(epoch))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            adam.ZeroGradients();
            UserItemEmbeddings content = modal.call(graph.Without(batch.UserIndices, batch.PositiveIndices), features);
            AlignmentResult step = bma.call(host.call(graph), content, batch);
            torch.Tensor loss = options.Loss.Compute(step.Fused, batch).Plus(step.Loss).Plus(signal.Compute(content.Items, features, batch), signal.Weight);
            loss.backward();
            adam.Step();
        }
    }

    using (torch.no_grad())
    using (torch.NewDisposeScope())
        Print("with BMA, own loop", new Evaluator().Evaluate(bma.call(host.call(graph), modal.call(graph, features), null).Fused.ToScorer(), data, EvaluationTarget.Test));

    YourRecommender NewHost() => new(data.Users.Count, data.Items.Count);
});
static void Print(string how, EvaluationResult result) => Console.WriteLine(FormattableString.Invariant($"{how}: test Recall@20 {result[RankingMetric.Recall(20)]:F4}, NDCG@20 {result[RankingMetric.Ndcg(20)]:F4}; of cold items {result.ColdItems?[RankingMetric.Recall(20)] ?? double.NaN:F4}"));
