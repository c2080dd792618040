using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Collectives;

/// <summary>What processes that hold columns of embeddings exchange in a step of training.</summary>
[JsonConverter(typeof(EnumNameConverter<ExchangedValues>))]
public enum ExchangedValues
{
    /// <summary>
    /// The columns of the batch's rows: all losses, fusions and alignments, and bit for bit the training of one process without a
    /// collective.
    /// </summary>
    Rows,

    /// <summary>
    /// The partial scores of the batch's pairs, added up along one tree of blocks of columns: fewer bytes for BPR, more for a softmax over
    /// many negatives. For LightGCN, matrix factorisation and VBPR without a modal line, by BPR or sampled softmax. Bit for bit the same
    /// for any number of processes, though not as without a collective, whose sums have another order.
    /// </summary>
    Scores,
}
