using DRepMRec.Graphs;

namespace DRepMRec;

/// <summary>A behaviour encoder that trains on another graph in each epoch, such as one with dropped edges; at inference it gets the whole graph.</summary>
public interface ITrainingGraph
{
    /// <summary>The graph to train on.</summary>
    /// <param name="graph">The whole training graph.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>A graph over the same users and items; the same for the same arguments.</returns>
    InteractionGraph ForEpoch(InteractionGraph graph, int epoch);
}
