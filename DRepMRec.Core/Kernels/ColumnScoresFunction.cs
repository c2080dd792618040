using System.Numerics.Tensors;
using DRepMRec.Collectives;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// Scores of pairs whose rows' columns several processes have: each makes the sums of its blocks of columns, these are exchanged, and all
/// add them up along one tree, whatever the number of processes. Lengths are such sums too, those of rows with themselves. On the way back
/// each process has all that its columns need.
/// </summary>
internal sealed unsafe class ColumnScoresFunction : OwnFunction<ColumnScoresFunction>
{
    private const int RowsPerThread = 256;

    public override string Name => nameof(ColumnScoresFunction);

    /// <param name="users">[n, columns of this process], or k such parts beside each other.</param>
    /// <param name="items">[m, the same].</param>
    /// <param name="pairs">The pairs, as rows of the two.</param>
    /// <param name="columns">Whose columns are where.</param>
    /// <returns>The scores of the pairs; behind them, if they are asked for, the squared lengths of all users, then of all items.</returns>
    public static Tensor Apply(Tensor users, Tensor items, ScoredPairs pairs, ColumnPartition columns)
        => apply(users, items, pairs, columns);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor users = ((Tensor)vars[0]).contiguous(), items = ((Tensor)vars[1]).contiguous();
        var (pairs, columns) = ((ScoredPairs)vars[2], (ColumnPartition)vars[3]);
        ctx.save_for_backward([users, items]);
        ctx.save_data("pairs", pairs);
        return tensor(new Sums(users, items, pairs, columns).Exchange(), device: CPU);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        var pairs = (ScoredPairs)ctx.get_data("pairs");
        float[] slopes = grad_output.contiguous().data<float>().ToArray();
        int count = pairs.Users.Length, users = (int)saved[0].shape[0], items = (int)saved[1].shape[0];
        ReadOnlySpan<float> Squares(int first, int length) => pairs.Squares ? slopes.AsSpan(first, length) : [];
        return
        [
            Gradient(saved[0], saved[1], pairs.Users, pairs.Items, slopes, Squares(count, users).ToArray()),
            Gradient(saved[1], saved[0], pairs.Items, pairs.Users, slopes, Squares(count + users, items).ToArray()),
            null!, null!,
        ];
    }

    /// <summary>Each row has one thread that adds up its gradient, in the order of the pairs.</summary>
    private static Tensor Gradient(Tensor own, Tensor others, int[] rows, int[] partners, float[] slopes, float[] squares)
    {
        int count = (int)own.shape[0], width = (int)own.shape[1];
        Tensor gradient = empty_like(own);
        nint table = (nint)own.Floats(), other = (nint)others.Floats(), target = (nint)gradient.Floats();
        var groups = new RowGroups(rows, count);
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                var sum = new Span<float>((float*)target + ((long)row * width), width);
                sum.Clear();
                foreach (int pair in groups[row])
                    TensorPrimitives.MultiplyAdd(Row(other, partners[pair], width), slopes[pair], sum, sum);
                if (squares.Length > 0)
                    TensorPrimitives.MultiplyAdd(Row(table, row, width), 2 * squares[row], sum, sum);
            }
        });
        return gradient;
    }

    private static ReadOnlySpan<float> Row(nint table, int row, int width) => new((float*)table + ((long)row * width), width);

    /// <summary>The sums over ranges of blocks: this process's, and those of all.</summary>
    private sealed class Sums(Tensor users, Tensor items, ScoredPairs pairs, ColumnPartition columns)
    {
        private readonly nint _users = (nint)users.Floats();
        private readonly nint _items = (nint)items.Floats();
        private readonly int _userCount = (int)users.shape[0];
        private readonly int _itemCount = (int)items.shape[0];
        private readonly Dictionary<(int From, int To), float[]> _known = [];

        private int Length => pairs.Users.Length + (pairs.Squares ? _userCount + _itemCount : 0);

        public float[] Exchange()
        {
            ICollective collective = columns.Collective;
            (int From, int To)[][] nodes = [.. Enumerable.Range(0, collective.Size).Select(columns.NodesOf)];
            long bytes = (long)nodes.Sum(n => n.Length) * Length * sizeof(float);
            if (bytes > int.MaxValue)
            {
                throw new InvalidOperationException(
                    $"The partial scores of a batch, {Length} of each process, are {bytes} bytes, more than can be exchanged at once: "
                    + $"exchange {nameof(ExchangedValues.Rows)}, or take smaller batches or fewer negatives.");
            }

            var own = new float[nodes[collective.Rank].Length * Length];
            foreach (var (node, n) in nodes[collective.Rank].Select((node, n) => (node, n)))
                Sum(node.From, node.To, OfBlock).CopyTo(own, n * Length);
            var all = new float[nodes.Sum(n => n.Length) * Length];
            collective.AllGather<float>(own, all, [.. nodes.Select(n => n.Length * Length)]);
            foreach (var (node, n) in nodes.SelectMany(n => n).Select((node, n) => (node, n)))
                _known[node] = all[(n * Length)..((n + 1) * Length)];
            return Sum(0, columns.BlockCount, _ => throw new InvalidOperationException("A block of columns belongs to no process."));
        }

        /// <summary>The sum over blocks [from, to): that of its first half, plus that of its second.</summary>
        private float[] Sum(int from, int to, Func<int, float[]> block)
        {
            if (_known.TryGetValue((from, to), out float[]? known))
                return known;
            if (to - from == 1)
                return block(from);
            int middle = (from + to) / 2;
            float[] first = Sum(from, middle, block), second = Sum(middle, to, block), sum = new float[first.Length];
            TensorPrimitives.Add(first, second, sum);
            return sum;
        }

        private float[] OfBlock(int block)
        {
            int width = columns.Count, start = (block * ColumnPartition.BlockSize) - columns.First, parts = columns.PartsOf(users.shape[1]);
            int length = Math.Min(ColumnPartition.BlockSize, width - start), count = pairs.Users.Length;
            var sums = new float[Length];

            // The same columns of all parts of the rows, part after part.
            float Dot(nint first, int row, nint second, int other)
            {
                float sum = 0;
                for (int part = 0; part < parts; part++)
                {
                    int from = (part * width) + start;
                    sum += TensorPrimitives.Dot(
                        Row(first, row, parts * width).Slice(from, length), Row(second, other, parts * width).Slice(from, length));
                }

                return sum;
            }

            Parallelism.ForRanges(count, RowsPerThread * 8, (from, to) =>
            {
                for (int pair = from; pair < to; pair++)
                    sums[pair] = Dot(_users, pairs.Users[pair], _items, pairs.Items[pair]);
            });
            for (int row = 0; pairs.Squares && row < _userCount; row++)
                sums[count + row] = Dot(_users, row, _users, row);
            for (int row = 0; pairs.Squares && row < _itemCount; row++)
                sums[count + _userCount + row] = Dot(_items, row, _items, row);
            return sums;
        }
    }
}

/// <summary>Pairs to score, as rows of two tables.</summary>
/// <param name="Users">Rows of the users' table.</param>
/// <param name="Items">As many rows of the items' table.</param>
/// <param name="Squares">Whether the squared lengths of all rows of both tables are asked for too.</param>
internal sealed record ScoredPairs(int[] Users, int[] Items, bool Squares);
