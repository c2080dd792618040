using DRepMRec.Data;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>What <see cref="WithInteractions"/> does with this model.</summary>
    public RefreshKind RefreshKind => _model.Manifest.Refresh?.Kind ?? RefreshKind.None;

    /// <summary>Why users are folded in instead of refreshed exactly; <see langword="null"/> where they aren't.</summary>
    public string? RefreshReason => _model.Manifest.Refresh?.Reason;

    /// <summary>What became of the interactions that came in since the file was loaded, or since the recommender was built.</summary>
    public RefreshCounts RefreshCounts => _model.RefreshCounts;

    /// <summary>Makes a recommender that knows of more interactions, without a training. This one stays as it is.</summary>
    /// <remarks>
    /// <para>
    /// With <see cref="RefreshKind.Exact"/> all rows are those of the whole propagation over the graph with the new edges, from the first
    /// layer that was learned; users and items that are new have a first row of zeros. Only rows that can have changed are computed. In
    /// however many calls interactions come, in the same order, the recommender is the same, bit for bit. With
    /// <see cref="RefreshKind.FoldIn"/> the users of the interactions are folded in by their whole histories, and rows of items stay.
    /// </para>
    /// <para>
    /// Histories, and so what is left out of answers, the means of the modal line and what the item-to-item part adds, numbers of users by
    /// item, with the popularity that counts, and the file follow in both. What was learned stays: first layer, content form, item-to-item
    /// weights, fold-in map, <see cref="Calibration"/>. An item that isn't known joins the catalogue without content;
    /// <see cref="WithItems(IReadOnlyCollection{ItemContent})"/> gives it one.
    /// Interactions with retired items count, and the items stay retired.
    /// </para>
    /// <para>
    /// The first call makes the tables that later ones share, in time in proportion to the whole graph; a call without interactions does
    /// that and nothing else. Safe for use by many threads, but two calls on one recommender make two recommenders: chain them.
    /// </para>
    /// </remarks>
    /// <param name="interactions">
    /// The interactions in their order. <see cref="Interaction.Weight"/> w counts as in training, by a confidence of log2(1 + w) in the
    /// pair, and <see langword="null"/> as 1: a known pair gets the weight that is given, and stays as it is where none is, so that what
    /// is delivered twice counts once. Rating, Timestamp and Label aren't read.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// The model was built without <see cref="RecommenderOptions.IncludeRefresh"/>, as are files of earlier versions.
    /// </exception>
    /// <exception cref="ArgumentException">An id is blank or isn't Unicode text, or a weight isn't from 1e-20 to 1e20.</exception>
    /// <exception cref="ModelFileException">The model's file, which wasn't verified, is damaged.</exception>
    /// <example>
    /// <code>
    /// recommender = recommender.WithInteractions([new Interaction("ann", "shoe"), new Interaction("new-user", "hat")]);
    /// </code>
    /// </example>
    public Recommender WithInteractions(IReadOnlyCollection<Interaction> interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        var result = new Recommender(Refresh.Add(_model, interactions));
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>
    /// Makes a recommender in which the given users never were: their ids, rows, histories and their share in numbers of users by item and
    /// in the means and the propagation that they took part in are gone, also from a file that is saved. This one stays as it is.
    /// </summary>
    /// <remarks>
    /// With <see cref="RefreshKind.Exact"/> the rows of all others are those of the whole propagation over the graph without them; else
    /// these stay. What training learned from everybody at once can't be taken apart: first layer, content form, item-to-item weights,
    /// fold-in map and <see cref="Calibration"/> stay until the next training, for whose proof there is <c>TrainingReceipt</c>. Takes time
    /// in proportion to the whole model. Files, copies and logs that others have are theirs to delete.
    /// </remarks>
    /// <param name="userIds">The raw ids; unknown ones are passed over.</param>
    /// <exception cref="ArgumentNullException">The list, or an id, is <see langword="null"/>.</exception>
    /// <example>
    /// <code>
    /// recommender.WithoutUsers(["ann"]).Save("model.drepmrec");
    /// </code>
    /// </example>
    public Recommender WithoutUsers(IReadOnlyCollection<string> userIds)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        var result = new Recommender(ForgottenUsers.Without(_model, userIds));
        GC.KeepAlive(this);
        return result;
    }
}
