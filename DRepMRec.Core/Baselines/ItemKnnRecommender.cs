using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Graphs;
using DRepMRec.Internals;

namespace DRepMRec.Baselines;

/// <summary>
/// Item-based nearest neighbours (Deshpande and Karypis, TOIS 2004): an item scores the sum of its similarities to the user's items, where
/// each of these speaks for its k most similar items alone.
/// </summary>
/// <remarks>Not trained. Immutable and safe for use by many threads. Users without items get zeros.</remarks>
public sealed class ItemKnnRecommender : IItemScorer
{
    private readonly InteractionSet _history;
    private readonly CsrMatrix _similar;

    /// <summary>Finds similar items: items that the same users have.</summary>
    /// <param name="train">The training interactions.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops between two items.</param>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public ItemKnnRecommender(InteractionSet train, ItemKnnOptions? options = null, CancellationToken cancellationToken = default)
        : this(train, Similar(train, options ?? new ItemKnnOptions(), cancellationToken))
    {
    }

    /// <summary>Takes given similarities: with <see cref="NeighborGraph.Cosine"/> of features it recommends cold items too.</summary>
    /// <param name="history">The items of each user.</param>
    /// <param name="similar">[I, I]: row i has the items that item i speaks for.</param>
    /// <exception cref="ArgumentException">The matrix isn't [I, I].</exception>
    public ItemKnnRecommender(InteractionSet history, CsrMatrix similar)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(similar);
        if (similar.RowCount != history.ItemCount || similar.ColumnCount != history.ItemCount)
        {
            throw new ArgumentException(
                $"Expected similarities of {history.ItemCount} x {history.ItemCount} items, got {similar.RowCount} x "
                + $"{similar.ColumnCount}.", nameof(similar));
        }

        _history = history;
        _similar = similar;
    }

    /// <inheritdoc/>
    public int UserCount => _history.UserCount;

    /// <inheritdoc/>
    public int ItemCount => _history.ItemCount;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        scores.Clear();
        ReadOnlySpan<int> offsets = _similar.RowOffsets, columns = _similar.Columns;
        ReadOnlySpan<float> values = _similar.Values;
        for (int u = 0; u < users.Length; u++)
        {
            Span<float> own = scores.Slice(u * ItemCount, ItemCount);
            foreach (int item in _history.ItemsOf(users[u]))
            {
                for (int e = offsets[item]; e < offsets[item + 1]; e++)
                    own[columns[e]] += values[e];
            }
        }
    }

    private static CsrMatrix Similar(InteractionSet train, ItemKnnOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(train);
        return NeighborGraph.CoOccurrence(
            new InteractionGraph(train), options.Neighbors, options.NormalizeUsers, options.Shrinkage, cancellationToken);
    }
}
