using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Benchmarks.PlainLibtorch;

/// <summary>LightGCN with BPR the plain libtorch way: sparse tensors, gathered rows, autograd, torch.optim.Adam.</summary>
internal sealed class PlainLightGcn : IDisposable
{
    private readonly int _userCount;
    private readonly Tensor _adjacency;
    private readonly Parameter _ego;
    private readonly optim.Optimizer _optimizer;
    private readonly BatchSampler _sampler;

    public PlainLightGcn(RecDataset data, int dimension, int batchSize)
    {
        var graph = new InteractionGraph(data.Train);
        _userCount = graph.UserCount;
        _adjacency = PlainGraph.Sparse(graph.Adjacency);
        _ego = nn.Parameter(randn(graph.UserCount + graph.ItemCount, dimension) * 0.1f);
        _optimizer = optim.Adam([_ego], lr: 1e-3);
        _sampler = new BatchSampler(data.Train, new RankingLoss.Bpr(), null, batchSize);
    }

    public void TrainEpoch(int epoch)
    {
        foreach (TrainingBatch batch in _sampler.Epoch(epoch))
        {
            using DisposeScope scope = NewDisposeScope();
            _optimizer.zero_grad();
            Tensor nodes = PlainGraph.Mean(_adjacency, _ego, 2);
            Tensor userRows = tensor(batch.UserIndices.ToArray());
            Tensor positiveRows = tensor(batch.PositiveIndices.ToArray()) + _userCount;
            Tensor negativeRows = tensor(batch.NegativeIndices.ToArray()) + _userCount;
            Tensor users = nodes.index_select(0, userRows);
            Tensor positives = nodes.index_select(0, positiveRows);
            Tensor negatives = nodes.index_select(0, negativeRows);
            Tensor loss = -((users * positives).sum(1) - (users * negatives).sum(1)).log_sigmoid().mean();
            Tensor squares = _ego.index_select(0, userRows).pow(2).sum() + _ego.index_select(0, positiveRows).pow(2).sum()
                + _ego.index_select(0, negativeRows).pow(2).sum();
            (loss + (squares * (1e-4 * 0.5 / batch.Count))).backward();
            _optimizer.step();
        }
    }

    public void Dispose()
    {
        _adjacency.Dispose();
        _optimizer.Dispose();
        _ego.Dispose();
    }
}
