using DRepMRec.Graphs;
using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>A part that makes what its step needs of a batch, and no weight has a say in, while another step runs.</summary>
internal interface IBatchPreparation
{
    /// <summary>Makes it and leaves it with the batch; on any thread, one batch at a time.</summary>
    /// <param name="graph">The graph that the step will be given.</param>
    /// <param name="batch">The batch, of whose own rows the step will be.</param>
    void Prepare(InteractionGraph graph, TrainingBatch batch);
}
