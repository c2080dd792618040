using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;

namespace DRepMRec.Tests.Training;

/// <summary>
/// Whole trainings, in which one thread makes everything in its step and several make batches, their neighbourhoods and pruned graphs
/// ahead: the weights are the same, bit for bit, with more threads than processors too.
/// </summary>
public sealed class ThreadCountTrainingTests
{
    private static readonly RecDataset Data = SyntheticDataset.Create(
        new SyntheticOptions { Users = 900, Items = 500, Clusters = 10, MeanInteractions = 8 }).Data;

    [Theory]
    [InlineData("default")]
    [InlineData("LightGCN")]
    [InlineData("FREEDOM")]
    [InlineData("MGCN")]
    public void Every_number_of_threads_trains_the_same_weights(string name)
    {
        float[] one = Train(name, 1);
        foreach (int threads in new[] { 2, 8 })
            Train(name, threads).AsSpan().SequenceEqual(one).Should().BeTrue($"{threads} threads train what one trains");
    }

    private static float[] Train(string name, int threads)
    {
        using var features = new ModalFeatures(Data.Features);
        var host = new DRepMRecOptions { Loss = new RankingLoss.Bpr(), UseModalLine = false };
        using DRepMRecModel model = name switch
        {
            "FREEDOM" => DRepMRecModel.Create(
                Data, new FreedomEncoder(Data.Users.Count, features, new FreedomOptions { EmbeddingDim = 16 }), host),
            "MGCN" => DRepMRecModel.Create(Data, new MgcnEncoder(Data.Users.Count, features, new MgcnOptions { EmbeddingDim = 16 }), host),
            "LightGCN" => DRepMRecModel.Create(Data, DRepMRecOptions.LightGcn with { EmbeddingDim = 16 }),
            _ => DRepMRecModel.Create(Data, new DRepMRecOptions { EmbeddingDim = 16 }),
        };
        new Trainer(model, Data, new TrainerOptions { MaxEpochs = 3, BatchSize = 1024, EvaluateEvery = 10, Threads = threads }).Fit();
        return [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];
    }
}
