using System.Numerics.Tensors;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Graphs;

/// <summary>
/// LightGCN's propagation for the rows that a batch needs, exactly: the last layer is made for those rows alone, the one before for their
/// neighbours; on the way back the first product takes only the rows that the batch's gradients reach.
/// </summary>
/// <remarks>Belongs to one encoder, keeps its buffers from step to step, and serves one step at a time.</remarks>
internal sealed unsafe class BatchPropagation
{
    private const int RowsPerThread = 512;
    private readonly NativeBuffer[] _layers = [new(), new()];
    private readonly NativeBuffer _slope = new();
    private int[] _places = [];

    /// <summary>The gradient of the ego embeddings, shared by all functions of a step that read them.</summary>
    public LeafGradient Gradient { get; } = new();

    /// <summary>The mean over layers, as by <see cref="Propagation.PropagateMean"/>, and the ego embeddings, of the wanted rows.</summary>
    /// <param name="ego">[U + I, D].</param>
    /// <param name="adjacency">Symmetric, [U + I, U + I].</param>
    /// <param name="layers">The number of layers L.</param>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="rows">The rows that are asked for. All of them use no buffer, so they may be asked for by many threads.</param>
    /// <param name="reach">What is known of these rows, if they were prepared.</param>
    public (UserItemEmbeddings Mean, UserItemEmbeddings Ego) Apply(
        Tensor ego, CsrMatrix adjacency, int layers, int userCount, RowSet rows, BatchReach? reach = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        rows.ThrowIfOutside(userCount, adjacency.RowCount - userCount);
        if (rows.IsAll || !OwnKernels.Run(ego))
        {
            UserItemEmbeddings own = new(ego.narrow(0, 0, userCount), ego.narrow(0, userCount, adjacency.RowCount - userCount));
            return (rows.Select(adjacency.PropagateMean(ego, layers).Split(userCount)), rows.Select(own));
        }

        reach ??= BatchReach.Of(adjacency, layers, userCount, rows);
        List<Tensor> parts = Function.Of(ego, this, new Step(ego, adjacency, layers, reach, rows.Users.Length));
        return (new UserItemEmbeddings(parts[0], parts[1]), new UserItemEmbeddings(parts[2], parts[3]));
    }

    /// <summary>Frees the buffers, and those that whole tables left on this thread. A later step makes them anew.</summary>
    public void Release()
    {
        foreach (NativeBuffer layer in _layers)
            layer.Free();
        _slope.Free();
        Propagation.ReleaseBuffers();
        Gradient.Release();
        _places = [];
    }

    private void Forward(Step step, float* ego, int width, float* mean)
    {
        if (step.Layers == 0)
        {
            SelectFunction.Gather(ego, step.Nodes, width, mean);
            return;
        }

        // Two steps from a batch are nearly everywhere, so only the step next to it is worth a list.
        var rows = new int[]?[step.Layers];
        rows[^1] = step.Nodes;
        if (rows.Length > 1)
            rows[^2] = step.Reach.Neighborhood;
        LayerMean.Compute(step.Matrix.Arrays, ego, null, rows, compact: true, width, _layers, mean);
    }

    /// <summary>The products of the backward pass, in the opposite order; the first source has the batch's rows only.</summary>
    private void Backward(Step step, float* slope, int width, float* target)
    {
        int count = step.Matrix.RowCount;
        if (step.Layers == 0)
        {
            Passes.Clear(target, (long)count * width);
            Scatter(slope, step.Nodes, width, target);
            return;
        }

        var rows = new int[]?[step.Layers];
        if (rows.Length > 1)
            rows[0] = step.Reach.Neighborhood;
        int[] places = Places(step.Nodes, count);
        try
        {
            LayerMean.Compute(step.Matrix.Arrays, slope, places, rows, compact: false, width, _layers, target);
        }
        finally
        {
            foreach (int node in step.Nodes)
                places[node] = -1;
        }
    }

    /// <summary>For each node of the graph its place in the list, or -1. Whoever asked sets the places of the list back to -1.</summary>
    private int[] Places(int[] nodes, int count)
    {
        if (_places.Length < count)
        {
            _places = new int[count];
            _places.AsSpan().Fill(-1);
        }

        for (int place = 0; place < nodes.Length; place++)
            _places[nodes[place]] = place;
        return _places;
    }

    /// <summary>The rows of two tensors, one after the other.</summary>
    private float* Join(Tensor users, Tensor items)
    {
        using Tensor first = users.contiguous(), second = items.contiguous();
        long length = first.numel();
        float* all = _slope.EnsureCapacity(length + second.numel());
        Passes.Copy(first.Floats(), all, length);
        Passes.Copy(second.Floats(), all + length, second.numel());
        return all;
    }

    /// <summary>Adds rows to those of the nodes, each of which is there once.</summary>
    private static void Scatter(float* from, int[] nodes, int width, float* to)
    {
        nint source = (nint)from, table = (nint)to;
        Parallelism.ForRanges(nodes.Length, RowsPerThread, (first, last) =>
        {
            for (int n = first; n < last; n++)
            {
                var target = new Span<float>((float*)table + ((long)nodes[n] * width), width);
                TensorPrimitives.Add(target, new ReadOnlySpan<float>((float*)source + ((long)n * width), width), target);
            }
        });
    }

    /// <summary>The inputs of a step, for the way there and the way back.</summary>
    /// <param name="Ego">The ego embeddings.</param>
    /// <param name="Matrix">The adjacency.</param>
    /// <param name="Layers">The number of layers.</param>
    /// <param name="Reach">The nodes of the batch, and those next to them.</param>
    /// <param name="Users">How many of the nodes are users.</param>
    private sealed record Step(Tensor Ego, CsrMatrix Matrix, int Layers, BatchReach Reach, int Users)
    {
        public int[] Nodes => Reach.Nodes;
    }

    private sealed class Function : OwnMultiFunction<Function>
    {
        public override string Name => nameof(BatchPropagation);

        public static List<Tensor> Of(Tensor ego, BatchPropagation owner, Step step) => Compute(ego, owner, step);

        protected override List<Tensor> ForwardPass(autograd.AutogradContext ctx, object[] vars)
        {
            var (owner, step) = ((BatchPropagation)vars[1], (Step)vars[2]);
            ctx.save_data("owner", owner);
            ctx.save_data("step", step);
            using Tensor ego = ((Tensor)vars[0]).contiguous();
            int width = (int)ego.shape[1], users = step.Users, items = step.Nodes.Length - users;
            using Tensor mean = FloatTensors.Empty(users + items, width), own = FloatTensors.Empty(users + items, width);
            owner.Forward(step, ego.Floats(), width, mean.Floats());
            SelectFunction.Gather(ego.Floats(), step.Nodes, width, own.Floats());
            return [mean.narrow(0, 0, users), mean.narrow(0, users, items), own.narrow(0, 0, users), own.narrow(0, users, items)];
        }

        protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var (owner, step) = ((BatchPropagation)ctx.get_data("owner"), (Step)ctx.get_data("step"));
            int width = (int)grad_outputs[0].shape[1];
            Tensor? gradient = owner.Gradient.Write(step.Ego, target =>
            {
                owner.Backward(step, owner.Join(grad_outputs[0], grad_outputs[1]), width, target);
                Scatter(owner.Join(grad_outputs[2], grad_outputs[3]), step.Nodes, width, target);
            });
            return [gradient!, null!, null!];
        }
    }
}
