using System.Diagnostics.CodeAnalysis;
using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec.Export;

/// <summary>Puts what new interactions take into a model that is taken out of libtorch.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal static class RefreshExport
{
    /// <param name="model">The trained model.</param>
    /// <param name="served">What was taken out of it.</param>
    /// <param name="isClose">Whether two rows are the same up to rounding.</param>
    /// <returns>The model with exact rows or, with the reason, one whose users are folded in.</returns>
    public static ServingModel AddTo(DRepMRecModel model, ServingModel served, Func<RowStore, RowStore, bool> isClose)
    {
        string host = model.BehaviorEncoder.GetType().Name;
        ReadOnlySpan<float> confidences = model.Graph.Interactions.Confidences;
        if (!confidences.IsEmpty)
        {
            var weights = Block<float>.Copy(confidences);
            served = served with { SeenWeights = weights, Histories = new EdgeRows(served.SeenOffsets, served.SeenItems, weights) };
        }

        if (model.BehaviorEncoder.PropagationLayers is not > 0)
            return FoldIn(served, $"{host} isn't the mean of learned rows propagated over the graph, and nothing else");
        if (served.FoldInMap is null)
            return FoldIn(served, "there is no map for histories, as none of the users that it would be fitted to has a row");
        if (served.Form is null)
            return FoldIn(served, $"the lines that were fused are not in the file, by {nameof(RecommenderOptions)}."
                + $"{nameof(RecommenderOptions.IncludeLines)} or because their fusion isn't a sum of parts");
        ServingModel exact = WithFirstLayer(model, served);
        ServingModel refreshed = Refresh.Recompute(exact);
        if (!isClose(refreshed.Users, served.Users) || !isClose(refreshed.Items, served.Items))
            return FoldIn(served, $"the rows of {host} and its modal line aren't those of a propagation and of means over histories");
        return refreshed with { UserRows = null };
    }

    private static ServingModel FoldIn(ServingModel served, string reason)
        => served with { Manifest = served.Manifest with { Refresh = new RefreshForm { Reason = reason } } };

    private static ServingModel WithFirstLayer(DRepMRecModel model, ServingModel served)
    {
        IBehaviorEncoder host = model.BehaviorEncoder;
        var (firstUsers, firstItems, offset) = model.AtInference(() =>
        {
            UserItemEmbeddings first = host.KnownEgo(model.Graph) ?? throw new InvalidOperationException(
                $"{host.GetType().Name} has {nameof(host.PropagationLayers)} and no {nameof(host.Ego)}.");
            UserItemEmbeddings? added = host.ItemOffset(model.Graph) is { } own ? first with { Items = own } : null;
            if (host.Columns is { } columns)
                (first, added) = (columns.Gather(first), added is { } part ? columns.Gather(part) : null);
            int users = model.Graph.UserCount, items = model.Graph.ItemCount;
            ShapeCheck.ThrowIfMisshapen(host, host.EmbeddingDim, first, users, items, $"by {nameof(host.KnownEgo)} ");
            if (added is { } offsets)
                ShapeCheck.ThrowIfMisshapen(host, host.EmbeddingDim, offsets, users, items, $"by {nameof(host.ItemOffset)} ");
            return (UserItemEmbeddings.Values(first.Users), UserItemEmbeddings.Values(first.Items),
                added is { } whole ? UserItemEmbeddings.Values(whole.Items) : null);
        });
        var form = new RefreshForm
        {
            Layers = host.PropagationLayers!.Value,
            FirstUsers = model.Graph.UserCount,
            FirstItems = model.Graph.ItemCount,
            HasItemOffset = offset is not null,
            OffsetsColdItems = offset is not null && host.KnowsColdItems && model.AlignmentModule is null,
        };
        return served.WithFirstLayer(
            form, Block<float>.Copy(firstUsers), Block<float>.Copy(firstItems), offset is null ? null : Block<float>.Copy(offset));
    }
}
