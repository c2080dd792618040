using System.Buffers;
using System.Numerics.Tensors;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Evaluation;

/// <summary>Scores by the dot products of user and item representations.</summary>
/// <remarks>Immutable and safe for use by many threads. A score is summed in the same order however many users are in the call.</remarks>
public sealed class EmbeddingScorer : IItemScorer, IRangeScorer
{
    private readonly float[] _users;
    private readonly PackedMatrix _items;
    private readonly int _dimension;

    /// <summary>Takes representations over.</summary>
    /// <param name="users">U * D values, row by row.</param>
    /// <param name="items">I * D values, row by row.</param>
    /// <param name="dimension">The dimension D.</param>
    /// <exception cref="ArgumentException">A length isn't a multiple of the dimension.</exception>
    public EmbeddingScorer(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (users.Length % dimension != 0 || items.Length % dimension != 0)
        {
            throw new ArgumentException(
                $"Expected multiples of the dimension {dimension}, got {users.Length} user and {items.Length} item values.");
        }

        _dimension = dimension;
        _users = users.ToArray();
        _items = new PackedMatrix(items, items.Length / dimension, dimension);
    }

    /// <summary>Copies representations out of libtorch to score by their dot products. The tensors stay the caller's.</summary>
    /// <param name="embeddings">The representations of all users and items.</param>
    /// <exception cref="ArgumentException">Rows of users and of items aren't of one length.</exception>
    public static EmbeddingScorer Of(UserItemEmbeddings embeddings)
    {
        TableShape.ThrowIfOtherWidth(embeddings.Items, embeddings.Users, nameof(embeddings));
        return new(UserItemEmbeddings.Values(embeddings.Users), UserItemEmbeddings.Values(embeddings.Items), embeddings.Dimension);
    }

    /// <inheritdoc/>
    public int UserCount => _users.Length / _dimension;

    /// <inheritdoc/>
    public int ItemCount => _items.RowCount;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        ScoreRange(users, 0, ItemCount, scores);
    }

    int IRangeScorer.RangeStep => DenseProduct.Lanes;

    /// <summary>Whether a user's row isn't zeros, as those are that nothing has shaped; it is served by what is known of items.</summary>
    internal bool HasRow(int user) => _users.AsSpan(user * _dimension, _dimension).ContainsAnyExcept(0f);

    /// <summary>The length of a user's row.</summary>
    internal float Length(int user) => TensorPrimitives.Norm(_users.AsSpan(user * _dimension, _dimension));

    void IRangeScorer.Score(ReadOnlySpan<int> users, int first, int count, Span<float> scores) => ScoreRange(users, first, count, scores);

    private void ScoreRange(ReadOnlySpan<int> users, int first, int count, Span<float> scores)
    {
        float[] queries = ArrayPool<float>.Shared.Rent(checked(users.Length * _dimension));
        for (int u = 0; u < users.Length; u++)
            _users.AsSpan(users[u] * _dimension, _dimension).CopyTo(queries.AsSpan(u * _dimension));
        _items.Multiply(queries.AsSpan(0, users.Length * _dimension), users.Length, first, count, scores);
        ArrayPool<float>.Shared.Return(queries);
    }
}
