using BenchmarkDotNet.Attributes;
using Benchmarks.PlainLibtorch;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>The kernels, each beside the plain libtorch way.</summary>
public class KernelBenchmarks
{
    /// <summary>The number of columns D.</summary>
    public const int Dimension = 64;

    /// <summary>The number of users that are scored at once.</summary>
    public const int ScoredUsers = 480;

    /// <summary>The number of rows, and of columns, of the neighbour search.</summary>
    public const int NeighborRows = 4000, NeighborDimension = 128;

    private InteractionGraph _graph = null!;
    private Tensor _sparse = null!;
    private Tensor _ego = null!;
    private Tensor _slope = null!;
    private Parameter _parameter = null!;
    private Parameter _plainParameter = null!;
    private AdamOptimizer _adam = null!;
    private optim.Optimizer _plainAdam = null!;
    private EmbeddingScorer _scorer = null!;
    private Tensor _items = null!;
    private Tensor _queries = null!;
    private Tensor _features = null!;
    private float[] _featureRows = null!;
    private float[] _scores = null!;
    private int[] _users = null!;
    private BatchSampler _sampler = null!;
    private float[] _nodes = null!;
    private float[] _result = null!;
    private int _epoch;

    /// <summary>The dataset, set before the run.</summary>
    public static RecDataset Data { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        _graph = new InteractionGraph(Data.Train);
        int nodes = _graph.UserCount + _graph.ItemCount;
        _sparse = PlainGraph.Sparse(_graph.Adjacency);
        _ego = randn(nodes, Dimension).requires_grad_();
        _slope = randn(nodes, Dimension);
        _parameter = nn.Parameter(randn(nodes, Dimension));
        _plainParameter = nn.Parameter(randn(nodes, Dimension));
        _parameter.grad = randn(nodes, Dimension);
        _plainParameter.grad = randn(nodes, Dimension);
        _adam = new AdamOptimizer([_parameter]);
        _plainAdam = optim.Adam([_plainParameter]);
        _items = randn(_graph.ItemCount, Dimension);
        _queries = randn(ScoredUsers, Dimension);
        _scorer = new EmbeddingScorer([.. _queries.data<float>()], [.. _items.data<float>()], Dimension);
        _scores = new float[ScoredUsers * _graph.ItemCount];
        _users = [.. Enumerable.Range(0, ScoredUsers)];
        _features = randn(NeighborRows, NeighborDimension);
        _featureRows = [.. _features.data<float>()];
        _nodes = [.. _ego.data<float>()];
        _result = new float[_nodes.Length];
        _sampler = new BatchSampler(Data.Train, new RankingLoss.Bpr());
    }

    /// <summary>The adjacency is symmetric: there and back is the same product twice.</summary>
    [Benchmark]
    public void Kernel()
    {
        _graph.Adjacency.Multiply(_nodes, _result, Dimension);
        _graph.Adjacency.Multiply(_result, _nodes, Dimension);
    }

    [Benchmark]
    public void Product() => BackAndForth(x => _graph.Adjacency.Propagate(x));

    [Benchmark]
    public void PlainProduct() => BackAndForth(_sparse.matmul);

    [Benchmark]
    public void MeanOfLayers() => BackAndForth(x => _graph.Adjacency.PropagateMean(x, 2));

    [Benchmark]
    public void PlainMeanOfLayers() => BackAndForth(x => PlainGraph.Mean(_sparse, x, 2));

    [Benchmark]
    public void Adam() => _adam.Step();

    [Benchmark]
    public void PlainAdam() => _plainAdam.step();

    [Benchmark]
    public void Scores() => _scorer.Score(_users, _scores);

    [Benchmark]
    public void PlainScores()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _ = matmul(_queries, _items.t());
    }

    [Benchmark]
    public CsrMatrix Neighbors() => NeighborGraph.Cosine(_featureRows, NeighborDimension, 10);

    [Benchmark]
    public void PlainNeighbors() => PlainRanking.Neighbors(_features, 10);

    [Benchmark]
    public int SamplerEpoch() => _sampler.Epoch(++_epoch).Sum(batch => batch.Compact.Rows.Items.Length);

    private void BackAndForth(Func<Tensor, Tensor> function)
    {
        using DisposeScope scope = NewDisposeScope();
        _ego.grad = null;
        function(_ego).backward([_slope]);
    }
}
