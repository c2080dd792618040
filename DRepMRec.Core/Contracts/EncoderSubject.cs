using System.Diagnostics.CodeAnalysis;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>An encoder under checks, of whichever line.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal abstract class EncoderSubject(object part, int dimension, ModalFeatures? made) : IDisposable
{
    public nn.Module Module { get; } = part as nn.Module
        ?? throw new ArgumentException($"Expected a TorchSharp module (nn.Module), got {part.GetType()}.", nameof(part));

    public int Dimension { get; } = dimension;

    /// <summary>The weights that take gradients.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Weights
        => [.. Module.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, (Tensor)p.parameter))];

    /// <summary>The features that it reads, if any.</summary>
    public abstract ModalFeatures? Features { get; }

    /// <summary>What there is to compare with a batch at hand: where a batch's interactions are hidden, those of a graph without.</summary>
    public abstract UserItemEmbeddings Call(InteractionGraph graph, TrainingBatch? batch = null);

    public abstract EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch);

    /// <summary>Checks the rows that the L2 penalty is taken of.</summary>
    public virtual void CheckEgo(ContractRun run, string where, EncoderOutput output, RowSet rows)
    {
    }

    /// <summary>Checks what serving is told.</summary>
    public abstract void CheckExport(ContractRun run, InteractionGraph graph);

    public void Dispose()
    {
        Module.Dispose();
        made?.Dispose();
    }
}

/// <summary>A behaviour encoder under checks.</summary>
/// <param name="host">The encoder.</param>
/// <param name="made">Features that were made for it and go with it.</param>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class HostSubject(IBehaviorEncoder host, ModalFeatures? made = null) : EncoderSubject(host, host.EmbeddingDim, made)
{
    public IBehaviorEncoder Host => host;

    public override ModalFeatures? Features => host.Features;

    public override UserItemEmbeddings Call(InteractionGraph graph, TrainingBatch? batch = null) => host.call(graph);

    public override EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch) => host.Encode(graph, rows, batch);

    /// <summary>Where it says which rows it starts from, an output has those that were asked for.</summary>
    public override void CheckEgo(ContractRun run, string where, EncoderOutput output, RowSet rows)
    {
        if (host.Ego is not { } all)
            return;
        if (output.Ego is not { } ego)
        {
            run.Find($"Ego of {where}", "the rows of Ego, which the L2 penalty is taken of", "nothing");
            return;
        }

        UserItemEmbeddings due = rows.Select(all), own = output.Embeddings;
        foreach (var (name, expected, came, count) in new[]
            { ("Users", due.Users, ego.Users, own.Users.shape[0]), ("Items", due.Items, ego.Items, own.Items.shape[0]) })
        {
            string table = $"{name} of Ego of {where}";
            long width = expected.shape[1];
            if (ContractRows.Misfit(came, count, width) is { } misfit)
                run.Find(table, $"Float32 [{count}, {width}]", misfit);
            else
                run.RequireSame(table, UserItemEmbeddings.Values(expected), UserItemEmbeddings.Values(came), (int)width);
        }
    }

    /// <summary>Where it says that rows are the mean over layers of propagation, they are.</summary>
    public override void CheckExport(ContractRun run, InteractionGraph graph)
    {
        if (host.PropagationLayers is not { } layers)
            return;
        if (host.Ego is not { } ego)
        {
            run.Find(nameof(host.PropagationLayers), "Ego, which the layers start from", "none");
            return;
        }

        Tensor layer = cat([ego.Users, ego.Items]), sum = layer;
        for (int n = 0; n < layers; n++)
        {
            layer = graph.Adjacency.PropagateByLibtorch(layer);
            sum = sum.Plus(layer);
        }

        Tensor mean = sum.Times(1.0 / (layers + 1));
        Tensor items = mean.narrow(0, graph.UserCount, graph.ItemCount);
        if (host.KnownEgo(graph) is { } known)
            ContractRows.RequireShape(run, nameof(host.KnownEgo), known, graph.UserCount, graph.ItemCount, host.EmbeddingDim);
        Tensor? offset = host.ItemOffset(graph);
        if (offset is not null)
        {
            string? misfit = ContractRows.Misfit(offset, graph.ItemCount, host.EmbeddingDim);
            run.Require(misfit is null, nameof(host.ItemOffset), $"Float32 [{graph.ItemCount}, {host.EmbeddingDim}]", misfit ?? "");
            items = items.Plus(offset);
        }

        var rows = new UserItemEmbeddings(mean.narrow(0, 0, graph.UserCount), items);

        // Of those without an edge nothing was learned that a refresh could go by.
        ContractRows.Of(graph.KeepKnown(rows, RowSet.All)).RequireSame(run, ContractRows.Of(graph.KeepKnown(Call(graph), RowSet.All)),
            $"the mean of Ego over {layers} layers (PropagationLayers){(offset is null ? "" : " and ItemOffset")}",
            ContractRun.Rounding);
    }
}

/// <summary>A modal encoder under checks.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="features">The features that it's called with.</param>
/// <param name="made">Features that go with it, those or others.</param>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class ModalSubject(IModalEncoder encoder, ModalFeatures features, ModalFeatures? made = null)
    : EncoderSubject(encoder, encoder.EmbeddingDim, made)
{
    public override ModalFeatures Features => features;

    public override UserItemEmbeddings Call(InteractionGraph graph, TrainingBatch? batch = null)
        => encoder.call(batch is null ? graph : graph.Without(batch.UserIndices, batch.PositiveIndices), features);

    public override EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
        => new(encoder.Encode(graph, features, rows, batch?.Batch));

    /// <summary>The parts of all modalities add up to the rows.</summary>
    public override void CheckExport(ContractRun run, InteractionGraph graph)
    {
        if (encoder.Export(graph, features) is not { } parts)
            return;
        run.Require(parts.Count == features.ModalityCount, "Export", $"{features.ModalityCount} parts, one per modality", $"{parts.Count}");
        var sum = new UserItemEmbeddings(
            parts.Select(p => p.Part.Users).Aggregate((a, b) => a.Plus(b)), parts.Select(p => p.Part.Items).Aggregate((a, b) => a.Plus(b)));
        ContractRows.Of(Call(graph)).RequireSame(run, ContractRows.Of(sum), "the sum of the exported parts", ContractRun.Rounding);
    }
}
