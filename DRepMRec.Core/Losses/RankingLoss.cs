using System.Text.Json.Serialization;
using DRepMRec.Kernels;
using DRepMRec.Serialization;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>How a user and an item are compared.</summary>
[JsonConverter(typeof(EnumNameConverter<ScoreFunction>))]
public enum ScoreFunction
{
    /// <summary>The dot product of the two representations.</summary>
    Dot,

    /// <summary>The cosine between them.</summary>
    Cosine,
}

/// <summary>The ranking loss of a model and the scores that it's over. Items are ranked by the scores they were trained on.</summary>
/// <remarks>
/// Derive from it for a loss of your own: a name, its negatives, and <see cref="ComputeRows"/>. Its public properties are its options: they
/// go into checkpoints and model files, by which a training is told from another.
/// </remarks>
/// <example>
/// <code>
/// var options = new DRepMRecOptions { Loss = new RankingLoss.Bpr { Score = ScoreFunction.Cosine, Temperature = 0.2 } };
/// </code>
/// </example>
public abstract partial record RankingLoss
{
    /// <summary>A short name for progress and logs, other than "loss", which is the total.</summary>
    public abstract string Name { get; }

    /// <summary>The score of a user and an item, in training and in ranking.</summary>
    public abstract ScoreFunction Score { get; init; }

    /// <summary>The number of negatives: k per interaction, or S that the batch shares.</summary>
    public abstract int Negatives { get; init; }

    /// <summary>Whether all interactions of a batch share the negatives.</summary>
    public abstract bool SharesNegatives { get; }

    /// <summary>The loss of a batch.</summary>
    /// <param name="embeddings">The representations in the tables that <paramref name="rows"/> speaks of.</param>
    /// <param name="rows">The batch in these tables.</param>
    /// <returns>A scalar with gradients for the representations; it belongs to the dispose scope that is open.</returns>
    /// <exception cref="ArgumentException">The tables have other widths or types, or aren't those that the batch speaks of.</exception>
    public Tensor Compute(UserItemEmbeddings embeddings, BatchRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        TableShape.ThrowIfOtherWidth(embeddings.Items, embeddings.Users, nameof(embeddings));
        rows.ThrowIfOtherRows(embeddings, nameof(embeddings));
        BatchRows own = rows.Batch.Compact;
        var (users, items) = rows.Rows.IsAll ? own.Rows.Select(embeddings) : embeddings;
        if (Score == ScoreFunction.Cosine)
            (users, items) = (users.NormalizeRows(), items.NormalizeRows());
        return ComputeRows(users, items, own);
    }

    /// <summary>The loss, given the rows of the batch's own users and items, of length 1 where <see cref="Score"/> is the cosine.</summary>
    /// <param name="users">[users, D].</param>
    /// <param name="items">[items, D].</param>
    /// <param name="rows">The batch in these two tables.</param>
    /// <returns>A scalar with gradients for both tables; it belongs to the dispose scope that is open.</returns>
    protected abstract Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows);
}
