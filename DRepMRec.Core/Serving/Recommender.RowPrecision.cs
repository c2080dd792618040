using DRepMRec.Internals;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>How the rows of users and items are held.</summary>
    public RowPrecision RowPrecision => _model.Items.Precision;

    /// <summary>
    /// Makes a recommender whose rows of users and items, those of the lines and of content included, are held in another way; the file has
    /// them so. This one stays as it is.
    /// </summary>
    /// <remarks>
    /// All answers are those of the rounded rows, and rows that come later, of new items or of new interactions, are rounded too. Scores of
    /// users and items of the file, in a model without an item-to-item part, have the same bits on every processor; other sums go by the
    /// processor's vectors, and may differ in their last bits. Back in <see cref="RowPrecision.Single"/> what was rounded stays so, but for
    /// rows that are made anew of the learned first layer (<see cref="RecommenderOptions.IncludeRefresh"/>). That layer isn't rounded, nor
    /// are the item-to-item part, the fold-in map and the <see cref="Calibration"/>, which stays as it was fitted;
    /// <see cref="RecommenderOptions.RowPrecision"/> fits it to the rounded rows. Takes time in proportion to all rows.
    /// </remarks>
    /// <param name="precision">How rows are held.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
    /// <exception cref="ModelFileException">The model's file, which wasn't verified, is damaged.</exception>
    /// <example>
    /// <code>
    /// Recommender.Load("model.drepmrec").WithRowPrecision(RowPrecision.Int8).Save("small.drepmrec");
    /// </code>
    /// </example>
    public Recommender WithRowPrecision(RowPrecision precision)
    {
        Guard.Defined(precision, nameof(precision));
        var result = new Recommender(RowRounding.Apply(_model, precision));
        GC.KeepAlive(this);
        return result;
    }
}
