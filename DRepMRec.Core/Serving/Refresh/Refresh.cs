using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Makes the model of a graph that has grown.</summary>
internal static unsafe class Refresh
{
    private const int RowsPerThread = 256;

    /// <exception cref="InvalidOperationException">The model came without what this takes.</exception>
    public static ServingModel Add(ServingModel model, IReadOnlyCollection<Interaction> interactions)
    {
        RefreshForm form = model.Manifest.Refresh ?? throw new InvalidOperationException(
            $"This model can't take new interactions: it was built without {nameof(RecommenderOptions)}."
            + $"{nameof(RecommenderOptions.IncludeRefresh)}, by which the learned first layer goes along. Fold histories in by "
            + $"{nameof(RecommendationRequest)}.{nameof(RecommendationRequest.History)}, or build it again with that option.");
        model = GrownCatalogue.WithoutForgotten(model);
        var added = new NewInteractions(model, interactions);
        PropagatedRows? before = form.Kind == RefreshKind.Exact ? model.Propagation!.Value : null;
        FileUserRows file = model.UserRows?.File ?? FileUserRows.Of(model, arePropagated: before is not null);
        var (users, items) = added.Merge(model.Histories, before?.Items);
        model = model with { RefreshCounts = Count(model.RefreshCounts, added) };
        if (users.Count == 0)
            return model;

        model = GrownCatalogue.Of(model, added.ItemIds);
        PropagatedRows? after = before?.With(users, items, model.UserIds.Count + added.UserIds.Count, model.ItemRows);
        model = model with
        {
            UserIds = model.UserIds.With(added.UserIds),
            Histories = after?.Users ?? model.Histories.With(users, model.UserIds.Count + added.UserIds.Count),
            ItemDegrees = Degrees(model, added.Pairs),
        };
        int trained = Math.Max(model.TrainedItems, 1 + added.Pairs.Select(pair => pair.Item).DefaultIfEmpty(-1).Max());
        return Finish(after is null ? model : WithItems(model, after), file, after, trained);
    }

    /// <summary>The model with all rows made by its propagation, in place of those that came out of training.</summary>
    public static ServingModel Recompute(ServingModel model)
    {
        PropagatedRows rows = model.Propagation!.Value;
        return Finish(WithItems(model, rows), FileUserRows.Of(model, arePropagated: true), rows, model.TrainedItems);
    }

    /// <summary>The model with ids and histories in the form of a file.</summary>
    public static ServingModel Settle(ServingModel model)
    {
        var (offsets, items, weights) = model.Histories.Flatten();
        return model with
        {
            UserIds = model.UserIds.Flatten(),
            ItemIds = model.ItemIds.Flatten(),
            Histories = new EdgeRows(offsets, items, weights),
            SeenOffsets = offsets,
            SeenItems = items,
            SeenWeights = weights,
        };
    }

    private static ServingModel Finish(ServingModel model, FileUserRows file, PropagatedRows? rows, int trainedItems)
    {
        RowStore none = RowStore.Of([], width: 1);
        ServingModel withoutUsers = model with
        {
            // The old rows of users refer to the snapshot before, and so to all before it.
            Users = none,
            UserBehavior = none,
            UserModal = [],
            UserRows = null,
            Propagation = rows is null ? null : new Once<PropagatedRows>(rows),
            Manifest = model.Manifest with
            {
                Users = model.UserIds.Count,
                Items = model.ItemCount,
                TrainedItems = trainedItems,
                DataChecksum = "",
            },
        };
        return new UserRows(withoutUsers, file, rows).Apply();
    }

    /// <summary>Behaviour and fused rows of those items that the propagation has changed.</summary>
    private static ServingModel WithItems(ServingModel model, PropagatedRows rows)
    {
        ModelForm form = model.Form!;
        RowStore oldBehavior = model.ItemBehavior, oldFused = model.Items;
        int count = model.ItemRows, width = rows.Width;
        RowBlock behavior = RowStore.Allocate(count, width, oldBehavior.Precision);
        RowBlock fused = RowStore.Allocate(count, oldFused.Width, oldFused.Precision);
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            var room = new LineFusion.Room(form);
            float[] own = new float[width], sum = new float[oldFused.Width];
            for (int item = from; item < to; item++)
            {
                if (rows.ChangedItems is { } changed && !changed[item])
                {
                    oldBehavior.CopyTo(item, own);
                    oldFused.CopyTo(item, sum);
                }
                else
                {
                    fixed (float* target = own)
                        rows.Item(item, target);
                    room.Fuse(own, model.ItemModal, item, sum);
                }

                behavior.Set(item, own);
                fused.Set(item, sum);
            }
        });
        GC.KeepAlive(model);
        var fusedRows = new RowStore(fused, count);
        return model with
        {
            Items = fusedRows,
            ItemBehavior = form.Lines is null ? fusedRows : new RowStore(behavior, count),
        };
    }

    private static Block<int> Degrees(ServingModel model, List<(int User, int Item)> pairs)
    {
        int[] degrees = model.ItemDegrees.Slice(0, model.ItemDegrees.Length).ToArray();
        foreach (var (_, item) in pairs)
            degrees[item]++;
        return Block<int>.Copy(degrees);
    }

    private static RefreshCounts Count(RefreshCounts before, NewInteractions added) => before with
    {
        New = before.New + added.Pairs.Count,
        Reweighted = before.Reweighted + added.Reweighted,
        Repeated = before.Repeated + added.Repeated,
        NewUsers = before.NewUsers + added.UserIds.Count,
        NewItems = before.NewItems + added.ItemIds.Count,
    };
}
