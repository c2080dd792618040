using System.Collections;

namespace DRepMRec.Data;

/// <summary>
/// The rows of a log, in its order: what a recommender takes in (<see cref="Serving.Recommender.WithInteractions"/>) or is measured on
/// (<see cref="Serving.Recommender.MeasureDrift"/>), and what <see cref="Training.TimeTravel"/> replays.
/// </summary>
/// <remarks>
/// A dataset has each pair of a user and an item once, in one of three sets, and without a time; a table has what happened, as often as it
/// did. A log without rows is an empty table. To a recommender a weight is that of the pair from then on, and not of the row: where
/// several rows of a pair add up, as quantities do, their sum is to be read. Immutable, so safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// var layout = new DelimitedOptions { User = "customer", Item = "product", Timestamp = "bought_at" };
/// InteractionTable today = InteractionTable.LoadDelimited("today.csv", layout);
/// recommender = recommender.WithInteractions(today);
/// </code>
/// </example>
public sealed partial class InteractionTable : IReadOnlyList<Interaction>
{
    private readonly InteractionLog _log;
    private readonly bool _isWeighted;

    private InteractionTable(InteractionLog log, InteractionLayout layout)
    {
        _log = log;
        _isWeighted = layout.Weight is not null || layout.Event is not null;
        log.RequireLabels(allowBlank: true);
        if (log.HasUnreadRatings)
            log.Note($"ratings not read: only {nameof(DatasetOptions.MinimumRating)} reads them");
        Report = log.Close(allowEmpty: true);
    }

    /// <summary>The number of rows.</summary>
    public int Count => _log.Rows.Count;

    /// <summary>What became of the rows that were read.</summary>
    public LoadReport Report { get; }

    /// <summary>Sentences on what isn't used, such as columns that the layout doesn't name.</summary>
    public IReadOnlyList<string> Notes => _log.Notes;

    /// <summary>A row.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>
    /// The interaction. Its <see cref="Interaction.Timestamp"/> is in seconds since 1970 where the log has dates, or numbers with a unit
    /// (<see cref="TimestampFormat"/>), else the number itself; <see langword="null"/> for a blank cell. Its
    /// <see cref="Interaction.Weight"/> is <see langword="null"/> where the layout names neither weights nor events; it has single
    /// precision. Ratings aren't kept.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Interaction this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            RawInteraction row = _log.Rows[index];
            return new Interaction(_log.Users[row.User], _log.Items[row.Item])
            {
                Timestamp = row.Time == TimeCode.None ? null
                    : _log.Timestamps is TimestampFormat.Number ? TimeCode.ToNumber(row.Time) : TimeCode.ToSeconds(row.Time),
                Label = row.Label == RawInteraction.NoLabel ? null : row.Label,
                Weight = _isWeighted ? row.Weight : null,
            };
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Interaction> GetEnumerator()
    {
        for (int index = 0; index < Count; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The report as text.</summary>
    public override string ToString() => Report.ToString();
}
