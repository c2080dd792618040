using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;

namespace DRepMRec.Baselines;

/// <summary>
/// EASE (Steck, WWW 2019, arXiv 1905.03375): the linear model X B with zero diagonal that is closest to the user-item matrix X, in closed
/// form: B = I - P diag(P)^-1, P = (X'X + lambda I)^-1. It is <see cref="ItemToItemModel"/> without content, user weights or left-out
/// entries.
/// </summary>
/// <remarks>
/// Plain .NET. Memory grows with the square of the number n of items that occur in training: 8 n² bytes, and 16 n² while it is made; time
/// with n³. Immutable and safe for use by many threads. Users without items, and items without users, get zeros.
/// </remarks>
public sealed class EaseRecommender : IItemScorer
{
    private readonly ItemToItemModel _model;

    /// <summary>Solves for B.</summary>
    /// <param name="train">The training interactions.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops within a step.</param>
    /// <exception cref="ArgumentException">
    /// More than 46,340 items occur in training, so that B is larger than an array, or L2 is too small for single precision.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public EaseRecommender(InteractionSet train, EaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        int items = train.ItemDegrees().Count(degree => degree > 0);
        if ((long)items * items > Array.MaxLength)
        {
            throw new ArgumentException(
                $"EASE holds a weight for each pair of items: expected at most 46340 items in training, got {items}.", nameof(train));
        }

        var all = new ItemToItemOptions
        {
            L2 = (options ?? new EaseOptions()).L2,
            NormalizeUsers = false,
            ContentWeight = 0,
            KeptWeights = int.MaxValue,
            MaxMatrixBytes = long.MaxValue,
        };
        _model = ItemToItemModel.Solve(train, [], all, FeatureScaling.None, cancellationToken);
    }

    /// <inheritdoc/>
    public int UserCount => _model.UserCount;

    /// <inheritdoc/>
    public int ItemCount => _model.ItemCount;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        scores.Clear();
        for (int n = 0; n < users.Length; n++)
            _model.AddMean(users[n], _model.ItemsOf(users[n]).Length, 0, scores.Slice(n * ItemCount, ItemCount));
    }
}
