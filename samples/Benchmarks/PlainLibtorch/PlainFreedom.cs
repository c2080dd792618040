using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Benchmarks.PlainLibtorch;

/// <summary>
/// FREEDOM with BPR the plain libtorch way: a sparse tensor of each epoch's pruned graph and one of similar items, all features projected
/// in each step, gathered rows, autograd, torch.optim.Adam.
/// </summary>
internal sealed class PlainFreedom : IDisposable
{
    private const int Neighbors = 10;
    private const double EdgeDropout = 0.8;
    private readonly InteractionGraph _graph;
    private readonly Tensor _similar;
    private readonly Parameter _ego;
    private readonly Tensor[] _features;
    private readonly Parameter[] _projections;
    private readonly optim.Optimizer _optimizer;
    private readonly BatchSampler _sampler;

    public PlainFreedom(RecDataset data, int dimension, int batchSize)
    {
        _graph = new InteractionGraph(data.Train);
        _ego = nn.Parameter(randn(_graph.UserCount + _graph.ItemCount, dimension) * 0.1f);
        _features = [.. data.Features.Select(f => tensor(f.Values.ToArray(), f.ItemCount, f.Dimension))];
        _projections = [.. _features.Select(f => nn.Parameter(randn(f.shape[1], dimension) * 0.1f))];
        _optimizer = optim.Adam([_ego, .. _projections], lr: 1e-3);
        _sampler = new BatchSampler(data.Train, new RankingLoss.Bpr(), null, batchSize);
        CsrMatrix[] graphs = [.. data.Features.Select(f => NeighborGraph.Cosine(f.Values.ToArray(), f.Dimension, Neighbors))];
        var entries = new Dictionary<(int, int), float>();
        foreach (CsrMatrix graph in graphs)
        {
            for (int row = 0; row < graph.RowCount; row++)
            {
                for (int e = graph.RowOffsets[row]; e < graph.RowOffsets[row + 1]; e++)
                    entries[(row, graph.Columns[e])] = 1f / (Neighbors * graphs.Length);
            }
        }

        var combined = new CsrMatrix(_graph.ItemCount, _graph.ItemCount, [.. entries.Select(e => (e.Key.Item1, e.Key.Item2, e.Value))]);
        _similar = PlainGraph.Sparse(combined);
    }

    public void TrainEpoch(int epoch)
    {
        using Tensor adjacency = PlainGraph.Sparse(_graph.DropEdgesByDegree(EdgeDropout, epoch).Adjacency);
        foreach (TrainingBatch batch in _sampler.Epoch(epoch))
        {
            using DisposeScope scope = NewDisposeScope();
            _optimizer.zero_grad();
            Tensor nodes = PlainGraph.Mean(adjacency, _ego, 2);
            Tensor egoItems = _ego.narrow(0, _graph.UserCount, _graph.ItemCount);
            Tensor items = nodes.narrow(0, _graph.UserCount, _graph.ItemCount) + _similar.matmul(egoItems);
            Tensor userRows = tensor(batch.UserIndices.ToArray()), positiveRows = tensor(batch.PositiveIndices.ToArray());
            Tensor negativeRows = tensor(batch.NegativeIndices.ToArray());
            Tensor users = nodes.index_select(0, userRows);
            Tensor loss = Bpr(users, items, positiveRows, negativeRows);
            for (int m = 0; m < _features.Length; m++)
                loss += Bpr(users, _features[m].matmul(_projections[m]), positiveRows, negativeRows) * 0.01f;
            Tensor squares = _ego.index_select(0, userRows).pow(2).sum() + egoItems.index_select(0, positiveRows).pow(2).sum()
                + egoItems.index_select(0, negativeRows).pow(2).sum();
            (loss + (squares * (1e-4 * 0.5 / batch.Count))).backward();
            _optimizer.step();
        }
    }

    public void Dispose()
    {
        _similar.Dispose();
        _optimizer.Dispose();
        _ego.Dispose();
        foreach (Tensor tensor in _features.Concat(_projections))
            tensor.Dispose();
    }

    private static Tensor Bpr(Tensor users, Tensor items, Tensor positives, Tensor negatives)
        => -((users * items.index_select(0, positives)).sum(1) - (users * items.index_select(0, negatives)).sum(1)).log_sigmoid().mean();
}
