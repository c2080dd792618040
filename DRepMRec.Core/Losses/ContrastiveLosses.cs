using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>Losses that pull rows towards their partners, and away from others, as plain functions: what alignments are made of.</summary>
/// <remarks>Each returns a scalar with gradients, which belongs to the dispose scope that is open. Safe for use by many threads.</remarks>
public static class ContrastiveLosses
{
    /// <summary>InfoNCE (van den Oord et al., 2018): each row with its partner against all others, in both directions, averaged.</summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[N, D]; row n belongs to row n of a.</param>
    /// <param name="temperature">Above 0.</param>
    /// <exception cref="ArgumentException">The two have other shapes or types, or the temperature isn't above 0.</exception>
    public static Tensor InfoNce(Tensor a, Tensor b, double temperature)
    {
        TableShape.ThrowIfUnlike(b, a, nameof(b));
        Guard.Positive(temperature, nameof(temperature));
        return InfoNceOfUnits(a.NormalizeRows(), b.NormalizeRows(), temperature);
    }

    /// <summary>The same for rows of length 1.</summary>
    internal static Tensor InfoNceOfUnits(Tensor x, Tensor y, double temperature)
        => OwnKernels.Run(x) && temperature >= InfoNceFunction.LowestTemperature
            ? InfoNceFunction.Apply(x, y, temperature)
            : Contrast(x, y, temperature).Plus(Contrast(y, x, temperature)).Times(0.5);

    /// <summary>InfoNCE in one direction: the contrast of each row of a with its partner in b against all other rows of b.</summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[N, D]; row n belongs to row n of a.</param>
    /// <param name="temperature">Above 0.</param>
    /// <exception cref="ArgumentException">The two have other shapes or types, or the temperature isn't above 0.</exception>
    public static Tensor InfoNceOneWay(Tensor a, Tensor b, double temperature)
    {
        TableShape.ThrowIfUnlike(b, a, nameof(b));
        Guard.Positive(temperature, nameof(temperature));
        return Contrast(a.NormalizeRows(), b.NormalizeRows(), temperature);
    }

    /// <summary>The same for the same rows of two tables.</summary>
    internal static Tensor InfoNceOneWay(Tensor a, Tensor b, ReadOnlySpan<int> rows, double temperature)
        => Contrast(a.SelectUnitRows(rows), b.SelectUnitRows(rows), temperature);

    /// <summary>-log softmax of the positive among itself and the negatives, averaged over B pairs of a user and a positive item.</summary>
    /// <param name="users">[n, D]: the users' representations.</param>
    /// <param name="positives">[B, D]: the positive items' representations.</param>
    /// <param name="negatives">[S, D]: the shared negatives' representations.</param>
    /// <param name="excluded">For each user, the negatives that don't count.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="userOfPair">The row of each pair's user; <see langword="null"/> where pair b is of user b.</param>
    /// <exception cref="ArgumentException">
    /// The tables have other widths or types, a pair has no user, a place to leave out isn't there, or the temperature isn't above 0.
    /// </exception>
    public static Tensor SampledSoftmax(
        Tensor users, Tensor positives, Tensor negatives, ExcludedPairs excluded, double temperature, int[]? userOfPair = null)
    {
        TableShape.ThrowIfOtherWidth(positives, users, nameof(positives));
        TableShape.ThrowIfOtherWidth(negatives, users, nameof(negatives));
        Guard.Positive(temperature, nameof(temperature));
        ArgumentNullException.ThrowIfNull(excluded);
        excluded.ThrowIfBeyond((int)negatives.shape[0]);
        if (userOfPair is null)
            TableShape.ThrowIfUnlike(positives, users, nameof(positives));
        else if (userOfPair.Length != positives.shape[0])
        {
            throw new ArgumentException(
                $"Expected a user for each of {positives.shape[0]} pairs, got {userOfPair.Length}.", nameof(userOfPair));
        }

        int count = (int)positives.shape[0], shared = (int)negatives.shape[0];
        var pairs = new PairIndices(userOfPair ?? Upwards(0, count), Upwards(0, count), Upwards(count, shared), Shared: true);
        return OwnKernels.Run(users)
            ? SampledSoftmaxFunction.Apply(users, cat([positives, negatives], 0), pairs, excluded, temperature)
            : SampledSoftmaxByTensors(users, positives, negatives, excluded, temperature, userOfPair);
    }

    /// <summary>The same for pairs and shared negatives that are rows of two tables.</summary>
    /// <param name="users">[n, D].</param>
    /// <param name="items">[m, D].</param>
    /// <param name="pairs">The rows.</param>
    /// <param name="excluded">For each row of the users' table, the negatives that don't count.</param>
    /// <param name="temperature">Above 0.</param>
    internal static Tensor SampledSoftmax(Tensor users, Tensor items, PairIndices pairs, ExcludedPairs excluded, double temperature)
        => OwnKernels.Run(users)
            ? SampledSoftmaxFunction.Apply(users, items, pairs, excluded, temperature)
            : SampledSoftmaxByTensors(
                users.SelectRows(pairs.Users), items.SelectRows(pairs.Positives), items.SelectRows(pairs.Negatives),
                excluded.Spread(pairs.Users), temperature, pairs.Factors, pairs.Offsets);

    private static int[] Upwards(int first, int count) => [.. Enumerable.Range(first, count)];

    private static Tensor SampledSoftmaxByTensors(
        Tensor users, Tensor positives, Tensor negatives, ExcludedPairs excluded, double temperature, int[]? userOfPair)
        => userOfPair is null
            ? SampledSoftmaxByTensors(users, positives, negatives, excluded, temperature, factors: null)
            : SampledSoftmaxByTensors(
                users.SelectRows(userOfPair), positives, negatives, excluded.Spread(userOfPair), temperature, factors: null);

    /// <summary>The sampled softmax by libtorch's operations, on any device, for pairs in the order of the users.</summary>
    internal static Tensor SampledSoftmaxByTensors(
        Tensor users, Tensor positives, Tensor negatives, ExcludedPairs excluded, double temperature, float[]? factors = null,
        float[]? offsets = null)
    {
        int rows = (int)users.shape[0], columns = (int)negatives.shape[0];
        var mask = new float[(long)rows * columns];
        for (int row = 0; row < rows; row++)
        {
            foreach (int negative in excluded[row])
                mask[((long)row * columns) + negative] = float.NegativeInfinity;
        }

        Tensor others = matmul(users, negatives.t()).Plus(tensor(mask, rows, columns, device: CPU).to(users.device));
        if (offsets is not null)
            others = others.Plus(tensor(offsets, 1, columns, device: CPU).to(users.device), temperature);
        Tensor logits = cat([users.RowDot(positives).unsqueeze(1), others], 1).Times(1 / temperature);
        Tensor losses = logits.logsumexp(1) - logits.select(1, 0);
        return (factors is null ? losses : losses * tensor(factors, device: CPU).to(losses.device)).mean();
    }

    private static Tensor Contrast(Tensor x, Tensor y, double temperature)
    {
        int[] rows = Upwards(0, (int)x.shape[0]);
        return SampledSoftmax(x, y, new PairIndices(rows, rows, rows, Shared: true), ExcludedPairs.Diagonal(rows.Length), temperature);
    }
}
