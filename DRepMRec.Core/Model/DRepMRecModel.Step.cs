using DRepMRec.Collectives;
using DRepMRec.Encoders;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

public sealed partial class DRepMRecModel
{
    /// <summary>The name of the weighted sum of all terms, in progress and logs.</summary>
    internal const string TotalName = "loss";

    private InteractionGraph? _epochGraph;

    /// <summary>Computes the representations of all users and items and, given a batch, the loss terms beside the ranking loss.</summary>
    public override ModelOutput forward(TrainingBatch? batch)
    {
        ThrowIfUnusable();
        using DisposeScope scope = NewDisposeScope();
        ModelOutput output = Compute(RowSet.All, batch?.Whole);

        // A host may return the same tensors as embeddings and as ego: each leaves this scope once.
        IEnumerable<Tensor> tensors = [output.Embeddings.Users, output.Embeddings.Items, .. output.Terms.Select(term => term.Value)];
        if (output.Ego is { } ego)
            tensors = [.. tensors, ego.Users, ego.Items];
        foreach (Tensor tensor in tensors.Distinct<Tensor>(ReferenceEqualityComparer.Instance))
            tensor.MoveToOuterDisposeScope();
        return output;
    }

    /// <summary>One step of training: encode the rows of the batch in both lines, align and fuse them, and add up the losses.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="l2">The weight of the L2 penalty on ego embeddings.</param>
    internal StepLoss ComputeLoss(TrainingBatch batch, double l2)
    {
        BatchRows rows = _line is null or { Alignment.FusesByRow: true } ? batch.Compact : batch.Whole;
        ModelOutput output = Compute(rows.Rows, rows);
        Tensor ranking = BehaviorEncoder.Columns is { Exchange: ExchangedValues.Scores } columns
            ? Loss.ComputeByColumns(output.Embeddings, rows, columns)
            : Loss.Compute(output.Embeddings, rows);
        List<LossTerm> terms = [new(Loss.Name, ranking, 1), .. output.Terms];
        if (l2 > 0 && output.Ego is { } ego)
            terms.Add(new LossTerm("l2", SquaredLength(ego, rows, BehaviorEncoder.Columns), l2));
        return StepLoss.Of(terms);
    }

    /// <summary>Makes what a step needs of its batch and no weight has a say in, while another step runs.</summary>
    internal void Prepare(TrainingBatch batch)
    {
        if (_line is { Alignment.FusesByRow: false })
            return;
        (BehaviorEncoder as IBatchPreparation)?.Prepare(_epochGraph ?? Graph, batch);
        (_line?.Alignment as IBatchPreparation)?.Prepare(_epochGraph ?? Graph, batch);
        if (_line is { Encoder: ModalEncoder modal, HideTargets: true })
            modal.Prepare(Graph, batch);
    }

    /// <summary>Passes rows, all or a batch's, through the model.</summary>
    /// <param name="rows">The rows to compute.</param>
    /// <param name="batch">The batch in tables of these rows, or <see langword="null"/> at inference.</param>
    private ModelOutput Compute(RowSet rows, BatchRows? batch)
    {
        int users = rows.IsAll ? Graph.UserCount : rows.Users.Length, items = rows.IsAll ? Graph.ItemCount : rows.Items.Length;
        InteractionGraph graph = batch is not null && training ? _epochGraph ?? Graph : Graph;
        EncoderOutput behavior = ShapeCheck.ThrowIfMissing(BehaviorEncoder, BehaviorEncoder.Encode(graph, rows, batch), "an output");
        ShapeCheck.ThrowIfMissing(BehaviorEncoder, behavior.Terms, "loss terms, at least an empty list");
        int width = batch is not null && BehaviorEncoder.Columns is { Exchange: ExchangedValues.Scores } columns
            ? BehaviorEncoder.EmbeddingDim / columns.Dimension * columns.Count
            : BehaviorEncoder.EmbeddingDim;
        ShapeCheck.ThrowIfMisshapen(BehaviorEncoder, width, behavior.Embeddings, users, items);
        if (behavior.Ego is { } ego)
            ShapeCheck.ThrowIfMisshapen(BehaviorEncoder, null, ego, users, items, "ego embeddings of ");
        if (_line is null)
            return new ModelOutput(behavior.Embeddings, behavior.Terms, behavior.Ego);

        UserItemEmbeddings modal = EncodeModal(_line, behavior, rows, batch?.Batch);
        double dropout = batch is not null && training ? _line.BehaviorDropout : 0;
        UserItemEmbeddings known = Graph.KeepKnown(behavior.Embeddings, rows, dropout, batch?.Batch.Seed ?? 0);
        AlignmentResult aligned = ShapeCheck.ThrowIfMissing(_line.Alignment, _line.Alignment.call(known, modal, batch), "a result");
        ShapeCheck.ThrowIfMissing(_line.Alignment, aligned.Terms, "loss terms, at least an empty list");
        ShapeCheck.ThrowIfMisshapen(_line.Alignment, _line.Alignment.EmbeddingDim, aligned.Fused, users, items);
        List<LossTerm> terms = [.. behavior.Terms, .. aligned.Terms];
        if (batch is not null && _line.Signal.Weight > 0)
            terms.Add(new LossTerm("sss", _line.Signal.Compute(modal.Items, _line.Features, batch), _line.Signal.Weight));
        return new ModelOutput(aligned.Fused, terms, behavior.Ego);
    }

    /// <summary>The modal representations: the host's own, or the modal encoder's over a graph without the batch's interactions.</summary>
    private UserItemEmbeddings EncodeModal(ModalLine line, EncoderOutput behavior, RowSet rows, TrainingBatch? batch)
    {
        int users = (int)behavior.Embeddings.Users.shape[0], items = (int)behavior.Embeddings.Items.shape[0];
        if (line.Encoder is null)
        {
            UserItemEmbeddings own = behavior.Modal ?? throw new InvalidOperationException(
                $"UseHostModal needs {BehaviorEncoder.GetType().Name} to return a modal representation; it returned none.");
            ShapeCheck.ThrowIfMisshapen(BehaviorEncoder, BehaviorEncoder.EmbeddingDim, own, users, items, "modal representations of ");
            return own;
        }

        UserItemEmbeddings modal = line.Encoder.Encode(Graph, line.Features, rows, line.HideTargets && training ? batch : null);
        ShapeCheck.ThrowIfMisshapen(line.Encoder, line.Encoder.EmbeddingDim, modal, users, items);
        return modal;
    }

    /// <summary>Half the sum of squares of the batch's ego rows by batch size (LightGCN, eq. 15); shared negatives count once.</summary>
    /// <param name="ego">The ego rows; of processes that train together, the columns of this one.</param>
    /// <param name="rows">The batch in tables of these rows.</param>
    /// <param name="columns">Whose columns are where, if there are several processes.</param>
    internal static Tensor SquaredLength(UserItemEmbeddings ego, BatchRows rows, ColumnPartition? columns = null)
    {
        BatchRows own = rows.Batch.Compact;
        if (rows.Rows.IsAll)
            ego = own.Rows.Select(ego);
        double factor = 0.5 / rows.Batch.Count;
        return WeightedSquares(ego.Users, own.UserCounts(), factor, columns)
            .Plus(WeightedSquares(ego.Items, own.ItemCounts(), factor, columns));
    }

    private static Tensor WeightedSquares(Tensor rows, float[] counts, double factor, ColumnPartition? columns)
    {
        // Where others have columns too, the value is the sum of all, whoever computes.
        if (OwnKernels.Run(rows) || columns is not null)
            return SquaredLengthFunction.Apply(rows.cpu(), counts, factor, columns);
        return (rows.RowDot(rows) * tensor(counts, device: CPU).to(rows.device)).sum().Times(factor);
    }

    /// <summary>Chooses the graph that an epoch trains on.</summary>
    /// <exception cref="ArgumentException">The host's graph is over other users or items.</exception>
    internal void BeginEpoch(int epoch)
    {
        string host = BehaviorEncoder.GetType().Name;
        InteractionGraph graph = ShapeCheck.ThrowIfMissing(
            BehaviorEncoder, BehaviorEncoder.GraphForEpoch(Graph, epoch), "a graph for each epoch");
        if (graph.UserCount != Graph.UserCount || graph.ItemCount != Graph.ItemCount)
        {
            throw new ArgumentException(
                $"{host} is expected to return a graph over {Graph.UserCount} users and {Graph.ItemCount} items for each epoch; "
                + $"that of epoch {epoch} has {graph.UserCount} and {graph.ItemCount}.");
        }

        ReleaseEpochGraph(graph);
        _epochGraph = graph;
    }

    /// <summary>Frees the graph and the buffers that training kept from step to step.</summary>
    internal void EndTraining()
    {
        ReleaseEpochGraph(Graph);
        _epochGraph = null;
        BehaviorEncoder.ReleaseBuffers();
    }

    /// <summary>Frees what the graph of the epoch before has on a device, which the collector doesn't see.</summary>
    private void ReleaseEpochGraph(InteractionGraph next)
    {
        if (_epochGraph is { } before && before != Graph && before != next)
            before.Release();
    }
}
