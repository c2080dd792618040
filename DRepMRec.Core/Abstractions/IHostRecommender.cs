using DRepMRec.Graphs;
using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>A behaviour encoder that brings more than representations: loss terms of its own, or modal representations of its own. A host that has neither implements <see cref="IBehaviorEncoder"/> alone.</summary>
public interface IHostRecommender : IBehaviorEncoder
{
    /// <summary>Computes the representations and, given a batch, the host's own loss terms.</summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="batch">The batch that terms are for, or <see langword="null"/> at inference.</param>
    /// <returns>Tensors that the caller owns.</returns>
    HostOutput Compute(InteractionGraph graph, TrainingBatch? batch);
}
