using System.Runtime.CompilerServices;
using DRepMRec.Internals;
using TorchSharp;
using TorchSharp.Modules;

namespace DRepMRec.Collectives;

/// <summary>
/// Which columns of an embedding table each process holds: all rows, and a range of columns in whole blocks of 16, a cache line. What is
/// linear in its embeddings, such as LightGCN's propagation, L2 and Adam, needs no other columns, and has the same bits whatever the
/// number of processes.
/// </summary>
/// <remarks>
/// Rows may be of several parts of D columns beside each other, as VBPR's are: each part is divided alike. Immutable. The collective stays
/// its owner's. Safe for use by many threads, except for exchanges.
/// </remarks>
/// <example>
/// <code>
/// var columns = new ColumnPartition(collective, dimension: 64);
/// var host = new LightGcnEncoder(data.Users.Count, data.Items.Count, new LightGcnOptions { EmbeddingDim = 64 }, columns);
/// </code>
/// </example>
public sealed class ColumnPartition
{
    /// <summary>The columns of a block.</summary>
    public const int BlockSize = 16;

    private static readonly ConditionalWeakTable<Parameter, ColumnShare> Shares = [];

    /// <summary>Divides the columns of a table.</summary>
    /// <param name="collective">The processes.</param>
    /// <param name="dimension">The number D of all columns.</param>
    /// <exception cref="ArgumentException">There are more processes than blocks of columns.</exception>
    public ColumnPartition(ICollective collective, int dimension)
    {
        ArgumentNullException.ThrowIfNull(collective);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        (Collective, Dimension) = (collective, dimension);
        if (collective.Size > BlockCount)
        {
            throw new ArgumentException(
                $"Expected at most {BlockCount} processes for {dimension} columns, as each holds a block of {BlockSize} columns or more; "
                + $"got {collective.Size}. Start fewer, or choose a larger EmbeddingDim.", nameof(collective));
        }
    }

    /// <summary>The processes.</summary>
    public ICollective Collective { get; }

    /// <summary>The number D of all columns.</summary>
    public int Dimension { get; }

    /// <summary>What processes exchange in a step of training.</summary>
    /// <value>The default is <see cref="ExchangedValues.Rows"/>.</value>
    public ExchangedValues Exchange { get; init => field = Guard.Defined(value); }

    /// <summary>The first column of this process.</summary>
    public int First => FirstColumn(Collective.Rank);

    /// <summary>How many columns this process has.</summary>
    public int Count => FirstColumn(Collective.Rank + 1) - First;

    /// <summary>The columns of this process.</summary>
    internal Range Own => First..(First + Count);

    /// <summary>The number of blocks of all columns; the last one may be narrower.</summary>
    internal int BlockCount => (Dimension + BlockSize - 1) / BlockSize;

    /// <summary>The first column of a process.</summary>
    /// <param name="rank">Its rank.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such process.</exception>
    public int FirstOf(int rank)
    {
        CollectiveRules.ThrowIfNoRank(Collective, rank, nameof(rank));
        return FirstColumn(rank);
    }

    /// <summary>How many columns a process has.</summary>
    /// <param name="rank">Its rank.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such process.</exception>
    public int CountOf(int rank)
    {
        CollectiveRules.ThrowIfNoRank(Collective, rank, nameof(rank));
        return FirstColumn(rank + 1) - FirstColumn(rank);
    }

    /// <summary>
    /// Says that a parameter of a host of your own has this process's columns of a table: checkpoints then have those of all processes, and
    /// give each its own. Parameters that aren't held so are taken for whole, and the same on all processes.
    /// </summary>
    /// <param name="parameter">
    /// [rows, this process's columns], or several such parts beside each other; drawn or read such that each process has its own.
    /// </param>
    /// <param name="asRows">
    /// Whether these columns are its rows, as outputs are in the weight [D, d] and in the bias [D] of a linear layer.
    /// </param>
    /// <returns>The parameter.</returns>
    /// <exception cref="ArgumentException">It isn't of Float32, has another number of columns, or is held already.</exception>
    public Parameter Hold(Parameter parameter, bool asRows = false)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (parameter.dtype != torch.ScalarType.Float32)
        {
            throw new ArgumentException(
                $"Expected a parameter of Float32, which is what processes exchange, got {parameter.dtype}.", nameof(parameter));
        }

        if (parameter.dim() == 0 || parameter.shape[asRows ? 0 : ^1] is not (> 0 and var width) || width % Count != 0
            || (asRows && width != Count))
        {
            throw new ArgumentException(
                $"Expected a parameter with the {Count} {(asRows ? "rows" : "columns")} of process {Collective.Rank}, got "
                + $"[{string.Join(", ", parameter.shape)}].", nameof(parameter));
        }

        if (!Shares.TryAdd(parameter, new ColumnShare(this, asRows)))
            throw new ArgumentException("Expected a parameter that isn't held yet.", nameof(parameter));
        return parameter;
    }

    /// <summary>What a parameter has of a table; <see langword="null"/> of one that is whole.</summary>
    internal static ColumnShare? ShareOf(Parameter parameter) => Shares.TryGetValue(parameter, out ColumnShare? share) ? share : null;

    /// <summary>Lets a parameter stand in the place of another, of which it is a copy.</summary>
    internal static void Hand(Parameter from, Parameter to)
    {
        if (ShareOf(from) is { } share)
            Shares.AddOrUpdate(to, share);
    }

    /// <summary>How many parts of D columns rows are of, by the columns that this process has of them.</summary>
    internal int PartsOf(long width) => (int)(width / Count);

    /// <summary>
    /// The ranges of blocks that a process sums up by itself, of the tree that halves all blocks down to single ones: one range where the
    /// number of processes is a power of two.
    /// </summary>
    internal (int From, int To)[] NodesOf(int rank)
    {
        int first = FirstBlock(rank), last = FirstBlock(rank + 1);
        var nodes = new List<(int From, int To)>();
        void Add(int from, int to)
        {
            if (from >= last || to <= first)
                return;
            if (from >= first && to <= last)
            {
                nodes.Add((from, to));
                return;
            }

            int middle = (from + to) / 2;
            Add(from, middle);
            Add(middle, to);
        }

        Add(0, BlockCount);
        return [.. nodes];
    }

    /// <summary>The first block of a process.</summary>
    internal int FirstBlock(int rank) => (int)((long)BlockCount * rank / Collective.Size);

    private int FirstColumn(int rank) => Math.Min(Dimension, FirstBlock(rank) * BlockSize);
}

/// <summary>What parts of models do with columns that may not be there.</summary>
internal static class PartitionedParameters
{
    /// <summary>Holds a parameter, if columns are shared at all.</summary>
    public static Parameter Mark(this ColumnPartition? columns, Parameter parameter, bool asRows = false)
        => columns is null ? parameter : columns.Hold(parameter, asRows);

    /// <exception cref="ArgumentException">The columns are of another dimension.</exception>
    public static ColumnPartition? ThrowIfOtherDimension(this ColumnPartition? columns, int dimension)
        => columns is null || columns.Dimension == dimension
            ? columns
            : throw new ArgumentException(
                $"Expected a partition of the {dimension} columns of EmbeddingDim, got one of {columns.Dimension}.", nameof(columns));
}
