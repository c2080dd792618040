using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>What a behaviour encoder computes for the rows it is asked for. The caller owns the tensors.</summary>
/// <param name="Embeddings">The representations, [users, D] and [items, D], in the order of the rows that were asked for.</param>
public sealed record EncoderOutput(UserItemEmbeddings Embeddings)
{
    /// <summary>The encoder's own loss terms beside the ranking loss, by name; none without a batch.</summary>
    public IReadOnlyList<LossTerm> Terms { get; init; } = [];

    /// <summary>The encoder's own modal representations, shaped like <see cref="Embeddings"/>, if it has any.</summary>
    public UserItemEmbeddings? Modal { get; init; }

    /// <summary>
    /// The trainable rows, of any width, that the representations start from, before any propagation, if there are such. The trainer puts
    /// its L2 penalty on the batch's rows, so gradients must flow through them to the weights.
    /// </summary>
    public UserItemEmbeddings? Ego { get; init; }

    /// <summary>Moves all tensors from the dispose scope that is open to the one around it.</summary>
    public EncoderOutput MoveToOuterDisposeScope()
    {
        // A tensor that stands in two places leaves this scope once: a second time it would leave the one around it.
        foreach (Tensor tensor in Tensors.Distinct<Tensor>(ReferenceEqualityComparer.Instance))
            tensor.MoveToOuterDisposeScope();
        return this;
    }

    private IEnumerable<Tensor> Tensors
    {
        get
        {
            IEnumerable<UserItemEmbeddings> rows = new UserItemEmbeddings?[] { Embeddings, Modal, Ego }.OfType<UserItemEmbeddings>();
            return [.. Terms.Select(term => term.Value), .. rows.SelectMany(both => new[] { both.Users, both.Items })];
        }
    }
}
