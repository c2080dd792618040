using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>
/// LightGCN's propagation for the rows that a batch needs, exactly: the last layer is made for those rows alone, the one before for their neighbours; on the way back the first product takes only what
/// the rows' gradients reach. By Horner's rule the mean is (x + A (x + A (x + …))) / (L + 1), so that no layer is ever summed in a pass of its own.
/// </summary>
/// <remarks>Belongs to one encoder, keeps its buffers from step to step, and serves one step at a time.</remarks>
internal sealed unsafe class BatchPropagation
{
    private readonly NativeBuffer[] _layers = [new(), new()];
    private readonly NativeBuffer _slope = new();
    private int[] _places = [];
    private byte[] _marks = [];

    /// <summary>The gradient of the ego embeddings, shared by all that flows into them in a step.</summary>
    public LeafGradient Gradient { get; } = new();

    /// <summary>What <see cref="Propagation.PropagateMean"/> gives, and the ego embeddings themselves, for a batch's rows.</summary>
    /// <param name="ego">[U + I, D].</param>
    /// <param name="adjacency">Symmetric, [U + I, U + I].</param>
    /// <param name="layers">The number of layers L.</param>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="rows">The rows that are asked for.</param>
    public (UserItemEmbeddings Mean, UserItemEmbeddings Ego) Apply(Tensor ego, CsrMatrix adjacency, int layers, int userCount, RowSet rows)
    {
        if (ego.device_type == DeviceType.CPU && !rows.IsAll)
        {
            int[] nodes = rows.Nodes(userCount);
            List<Tensor> parts = Function.apply(ego, this, new Step(ego, adjacency, layers, nodes, rows.Users.Length, Reach(adjacency, nodes, layers)));
            return (new UserItemEmbeddings(parts[0], parts[1]), new UserItemEmbeddings(parts[2], parts[3]));
        }

        UserItemEmbeddings all = adjacency.PropagateMeanSplit(ego, layers, userCount);
        return (rows.Select(all), rows.Select(new UserItemEmbeddings(ego.narrow(0, 0, userCount), ego.narrow(0, userCount, adjacency.RowCount - userCount))));
    }

    /// <summary>Frees the buffers. A later step makes them anew.</summary>
    public void Release()
    {
        foreach (NativeBuffer layer in _layers)
            layer.Free();
        _slope.Free();
        Gradient.Release();
        (_places, _marks) = ([], []);
    }

    /// <summary>The nodes themselves and what they are linked to, ascending.</summary>
    private int[] Neighborhood(CsrMatrix matrix, int[] nodes)
    {
        if (_marks.Length < matrix.RowCount)
            _marks = new byte[matrix.RowCount];
        ReadOnlySpan<int> offsets = matrix.RowOffsets, columns = matrix.Columns;
        Span<byte> marks = _marks.AsSpan(0, matrix.RowCount);
        foreach (int node in nodes)
        {
            marks[node] = 1;
            foreach (int other in columns[offsets[node]..offsets[node + 1]])
                marks[other] = 1;
        }

        var all = new int[marks.Count((byte)1)];
        for (int node = 0, next = 0; node < marks.Length; node++)
        {
            if (marks[node] != 0)
                all[next++] = node;
        }

        marks.Clear();
        return all;
    }

    /// <summary>For each node its place among some, or -1.</summary>
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

    /// <summary>The sets of nodes that each product but the last must make, for the first to the last of them; <see langword="null"/> for all nodes.</summary>
    private int[]?[] Reach(CsrMatrix matrix, int[] nodes, int layers)
    {
        var reach = new int[]?[Math.Max(0, layers - 1)];
        for (int n = reach.Length - 1; n >= 0; n--)
        {
            // Two steps from a batch are nearly everywhere, so only the step next to it is worth a list.
            reach[n] = n == reach.Length - 1 ? Neighborhood(matrix, nodes) : null;
        }

        return reach;
    }

    private void Forward(Step step, float* ego, int width, float* mean)
    {
        var (_, matrix, layers, nodes, _, reach) = step;
        float* from = ego;
        for (int n = 0; n < reach.Length; n++)
        {
            float* to = _layers[n % 2].Of((long)matrix.RowCount * width);
            SparseDenseProduct.Multiply(matrix, new SparseDenseProduct.RowJob { Rows = reach[n], X = (nint)from, B = (nint)ego, Target = (nint)to, Scale = 1 }, width);
            from = to;
        }

        if (layers > 0)
            SparseDenseProduct.Multiply(matrix, new SparseDenseProduct.RowJob { Rows = nodes, X = (nint)from, B = (nint)ego, Target = (nint)mean, Compact = true, Scale = 1f / (layers + 1) }, width);
        else
            Gather(ego, nodes, width, mean);
    }

    /// <summary>The same products in the opposite order; the first source has the batch's rows only.</summary>
    private void Backward(Step step, float* slope, int width, float* target)
    {
        var (_, matrix, layers, nodes, _, reach) = step;
        int count = matrix.RowCount;
        int[] places = Places(nodes, count);
        nint from = (nint)slope;
        bool compact = true;
        for (int n = reach.Length - 1; n >= 0; n--)
        {
            float* to = _layers[n % 2].Of((long)count * width);
            if (reach[n] is { } some)
                ClearOthers(to, some, count, width);
            SparseDenseProduct.Multiply(matrix, new SparseDenseProduct.RowJob { Rows = reach[n], X = from, XPlaces = compact ? places : null, B = (nint)slope, BPlaces = places, Target = (nint)to, Scale = 1 }, width);
            (from, compact) = ((nint)to, false);
        }

        if (layers > 0)
        {
            SparseDenseProduct.Multiply(
                matrix, new SparseDenseProduct.RowJob { X = from, XPlaces = compact ? places : null, B = (nint)slope, BPlaces = places, Target = (nint)target, Scale = 1f / (layers + 1) }, width);
        }
        else
        {
            new Span<float>(target, count * width).Clear();
            Scatter(slope, nodes, width, target);
        }

        foreach (int node in nodes)
            places[node] = -1;
    }

    /// <summary>Sets the rows that aren't among some, which ascend, to zero.</summary>
    private static void ClearOthers(float* table, int[] some, int count, int width)
    {
        int from = 0;
        foreach (int row in some)
        {
            new Span<float>(table + ((long)from * width), (row - from) * width).Clear();
            from = row + 1;
        }

        new Span<float>(table + ((long)from * width), (count - from) * width).Clear();
    }

    /// <summary>The rows of two tensors, one after the other.</summary>
    private float* Gather(Tensor users, Tensor items)
    {
        using Tensor first = users.contiguous(), second = items.contiguous();
        int length = (int)first.numel();
        float* all = _slope.Of(length + second.numel());
        first.FloatSpan().CopyTo(new Span<float>(all, length));
        second.FloatSpan().CopyTo(new Span<float>(all + length, (int)second.numel()));
        return all;
    }

    private static void Gather(float* from, int[] nodes, int width, float* to)
    {
        for (int n = 0; n < nodes.Length; n++)
            new ReadOnlySpan<float>(from + ((long)nodes[n] * width), width).CopyTo(new Span<float>(to + ((long)n * width), width));
    }

    private static void Scatter(float* from, int[] nodes, int width, float* to)
    {
        for (int n = 0; n < nodes.Length; n++)
        {
            var target = new Span<float>(to + ((long)nodes[n] * width), width);
            System.Numerics.Tensors.TensorPrimitives.Add(target, new ReadOnlySpan<float>(from + ((long)n * width), width), target);
        }
    }

    /// <summary>What a step's way back needs to know of its way there.</summary>
    private sealed record Step(Tensor Ego, CsrMatrix Matrix, int Layers, int[] Nodes, int Users, int[]?[] Reach);

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        public override string Name => nameof(BatchPropagation);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (owner, step) = ((BatchPropagation)vars[1], (Step)vars[2]);
            ctx.save_data("owner", owner);
            ctx.save_data("step", step);
            using Tensor ego = ((Tensor)vars[0]).contiguous();
            int width = (int)ego.shape[1], users = step.Users, items = step.Nodes.Length - users;
            using Tensor mean = empty(users + items, width), own = empty(users + items, width);
            owner.Forward(step, ego.Floats(), width, mean.Floats());
            Gather(ego.Floats(), step.Nodes, width, own.Floats());
            return [mean.narrow(0, 0, users), mean.narrow(0, users, items), own.narrow(0, 0, users), own.narrow(0, users, items)];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var (owner, step) = ((BatchPropagation)ctx.get_data("owner"), (Step)ctx.get_data("step"));
            int width = (int)grad_outputs[0].shape[1];
            Tensor? gradient = owner.Gradient.Write(step.Ego, target =>
            {
                owner.Backward(step, owner.Gather(grad_outputs[0], grad_outputs[1]), width, target);
                Scatter(owner.Gather(grad_outputs[2], grad_outputs[3]), step.Nodes, width, target);
            });
            return [gradient!, null!, null!];
        }
    }
}
