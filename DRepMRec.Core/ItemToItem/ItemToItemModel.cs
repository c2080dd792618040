using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.ItemToItem;

/// <summary>
/// How much each item of a user speaks for each other item, in closed form: EASE (Steck, WWW 2019, arXiv 1905.03375) with content as side
/// information. B = I - P diag(P)⁻¹ with P = (XᵀWX + alpha Σ F Fᵀ + lambda I)⁻¹: X the user-item matrix, W a weight for each user, F the
/// rows of a modality, each of length 1. A user's score is the mean of the rows of its items.
/// </summary>
/// <remarks>
/// Plain .NET, without libtorch. Immutable and safe for use by many threads; the bits don't depend on the number of threads that solved it.
/// Users without items get zeros, and so do items of which nothing is known.
/// </remarks>
/// <example>
/// <code>
/// ItemToItemModel part = ItemToItemModel.Solve(data);
/// EvaluationResult result = new Evaluator().Evaluate(part, data, EvaluationTarget.Validation);
/// </code>
/// </example>
public sealed class ItemToItemModel : IRangeScorer
{
    private readonly InteractionSet _history;

    private ItemToItemModel(InteractionSet history, CsrMatrix weights, float[] residuals, bool isExact, ItemToItemOptions options)
    {
        (_history, Weights, Residuals, IsExact, Options) = (history, weights, residuals, isExact, options);
        Popularity = ItemPopularity.Of(history.ItemDegrees());
    }

    /// <inheritdoc/>
    public int UserCount => _history.UserCount;

    /// <inheritdoc/>
    public int ItemCount => _history.ItemCount;

    /// <summary>B, [I, I]: row i has the weights by which item i speaks for others, those that are kept.</summary>
    public CsrMatrix Weights { get; }

    /// <summary>Whether the whole matrix was inverted, and not a regression solved for each item.</summary>
    public bool IsExact { get; }

    /// <summary>The options that it was solved by.</summary>
    public ItemToItemOptions Options { get; }

    int IRangeScorer.RangeStep => DenseProduct.Lanes;

    /// <summary>For each item j 1 / P_jj; 0 where nothing is known of it.</summary>
    internal float[] Residuals { get; }

    /// <summary>Solves for the weights from a dataset's training interactions and its features.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="scaling">
    /// How features are scaled before their rows are brought to length 1: beside a model as <see cref="DRepMRecOptions.FeatureScaling"/>
    /// is there, as new items are scaled so when they are served.
    /// </param>
    /// <param name="cancellationToken">Stops within a step.</param>
    /// <exception cref="ArgumentException">L2 is too small for single precision, or there are more weights than an array holds.</exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public static ItemToItemModel Solve(
        RecDataset data, ItemToItemOptions? options = null, FeatureScaling scaling = FeatureScaling.Standardize,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        Guard.Defined(scaling, nameof(scaling));
        return Solve(data.Train, data.Features, options ?? new ItemToItemOptions(), scaling, cancellationToken);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        ((IRangeScorer)this).Score(users, 0, ItemCount, scores);
    }

    void IRangeScorer.Score(ReadOnlySpan<int> users, int first, int count, Span<float> scores)
    {
        scores.Clear();
        for (int n = 0; n < users.Length; n++)
            AddMean(users[n], 1, first, scores.Slice(n * count, count));
    }

    internal static ItemToItemModel Solve(
        InteractionSet train, IReadOnlyList<ItemFeatures> features, ItemToItemOptions options, FeatureScaling scaling,
        CancellationToken cancellationToken)
    {
        var gram = new ItemGram(train, features, options, scaling);
        bool exact = SymmetricMatrix.Bytes(gram.Items.Length) <= options.MaxMatrixBytes;
        var (weights, residuals) = exact
            ? ExactSolver.Solve(gram, options.L2, options.KeptWeights, cancellationToken)
            : RegressionSolver.Solve(gram, options, cancellationToken);
        return new ItemToItemModel(train, weights, residuals, exact, options);
    }

    /// <summary>By how much each item is more popular in training than the mean.</summary>
    internal float[] Popularity { get; }

    /// <summary>The items of a user in training.</summary>
    internal ReadOnlySpan<int> ItemsOf(int user) => _history.ItemsOf(user);

    /// <summary>Adds the mean of the rows of a user's items, times a factor, over a range of items.</summary>
    internal void AddMean(int user, float factor, int first, Span<float> scores)
    {
        ReadOnlySpan<int> own = _history.ItemsOf(user), offsets = Weights.RowOffsets, columns = Weights.Columns;
        ReadOnlySpan<float> values = Weights.Values;
        foreach (int item in own)
        {
            Range row = offsets[item]..offsets[item + 1];
            SparseSum.Add(columns[row], values[row], factor / own.Length, first, scores);
        }
    }
}
