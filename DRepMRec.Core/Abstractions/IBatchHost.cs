using DRepMRec.Graphs;
using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>A host that can compute the rows that a batch asks for without computing all. Hosts that can't are computed whole, and the rows are taken from that.</summary>
internal interface IBatchHost
{
    /// <summary>What <see cref="IHostRecommender.Compute"/> or the encoder's call gives, for the rows of a batch.</summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="rows">The rows.</param>
    /// <returns>Tensors with the users [rows.Users.Length, D] and the items [rows.Items.Length, D] of the batch, and their ego embeddings, if the host has such.</returns>
    (HostOutput Output, UserItemEmbeddings? Ego) ComputeRows(InteractionGraph graph, BatchRows rows);

    /// <summary>Frees what is kept from step to step. A later step makes it anew.</summary>
    void ReleaseBuffers();
}
