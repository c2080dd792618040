namespace DRepMRec;

/// <summary>An encoder whose representations start from one trainable row per user and item. The trainer puts its L2 penalty on the rows of the batch.</summary>
public interface IEgoEmbeddings
{
    /// <summary>The trainable rows: [U, D] and [I, D], before any propagation. The caller owns the two tensors; gradients flow through them to the weights.</summary>
    UserItemEmbeddings Ego { get; }
}
