using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Makes a model whose rows are held in another way.</summary>
internal static class RowRounding
{
    public static ServingModel Apply(ServingModel model, RowPrecision precision)
    {
        if (precision == model.Items.Precision)
            return model;
        bool isExact = model.Manifest.Refresh?.Kind == RefreshKind.Exact, isRefreshed = model.UserRows is not null;
        if (isExact)
            model = GrownCatalogue.Of(GrownCatalogue.WithoutForgotten(model), []);
        if (isRefreshed)
            model = Refresh.Settle(model) with { UserRows = null };
        RowStore users = model.Users.To(precision);
        ServingModel rounded = model.WithItemRows(rows => rows.To(precision)) with
        {
            Manifest = model.Manifest with { DataChecksum = "" },
            Users = users,
            UserBehavior = ReferenceEquals(model.UserBehavior, model.Users) ? users : model.UserBehavior.To(precision),
            UserModal = [.. model.UserModal.Select(rows => rows.To(precision))],
        };
        return isExact ? Recompute(rounded, isRefreshed) : rounded;
    }

    /// <summary>Rows that follow from others follow from these as they are now, as they do when a later change makes them anew.</summary>
    private static ServingModel Recompute(ServingModel rounded, bool isRefreshed)
    {
        ServingModel made = Refresh.Recompute(rounded with
        {
            Propagation = new Once<PropagatedRows>(PropagatedRows.Of(rounded.FirstLayer!, rounded.Histories, rounded.ItemRows)),
        });
        return isRefreshed ? made : made with { UserRows = null };
    }
}
