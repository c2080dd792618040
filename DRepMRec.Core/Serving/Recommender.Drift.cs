using DRepMRec.Data;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>Compares interactions that came in since with what this model knows: ids, popularity, content, answers.</summary>
    /// <remarks>Ask the recommender that was served then, before <see cref="WithInteractions"/> takes them in.</remarks>
    /// <param name="interactions">The newest interactions; users and items are read.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    /// <exception cref="ArgumentNullException">The list, or an id, is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    /// <example>
    /// <code>
    /// DriftReport drift = recommender.MeasureDrift(newest);
    /// drift.Record();
    /// </code>
    /// </example>
    public DriftReport MeasureDrift(
        IReadOnlyCollection<Interaction> interactions, DriftOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        DriftReport report = new DriftMeasurement(this, interactions, options ?? new DriftOptions()).Run(cancellationToken);
        GC.KeepAlive(this);
        return report;
    }
}
