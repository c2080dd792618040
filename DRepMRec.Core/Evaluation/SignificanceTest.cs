using DRepMRec.Internals;
using MathNet.Numerics.Distributions;

namespace DRepMRec.Evaluation;

/// <summary>Tells differences between models from chance.</summary>
/// <example><code>PairedComparison gain = SignificanceTest.PairedT(withBma, without, RankingMetric.Recall(20));</code></example>
public static class SignificanceTest
{
    private const double Rounding = 1e-12;

    /// <summary>The paired t-test (Student, 1908) over the per-user values of two models.</summary>
    /// <param name="first">The values of one model.</param>
    /// <param name="second">The values of the other, of the same users in the same order.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of users differ, or there are fewer than 2, or a value or the square of a difference isn't finite.
    /// </exception>
    public static PairedComparison PairedT(IReadOnlyList<double> first, IReadOnlyList<double> second)
        => Compare(first, second, "users", overlap: 0);

    /// <summary>
    /// The corrected resampled t-test (Nadeau and Bengio, Machine Learning 52, 2003) over the figures of two models on splits of the same
    /// interactions that were drawn anew. Their training sets overlap, so their figures vary less than those of independent data would:
    /// the variance of the mean over J splits is taken as (1 / J + test / training) times that of a split, and not as 1 / J times.
    /// </summary>
    /// <param name="first">The figures of one model, one for each split; of several seeds, their mean.</param>
    /// <param name="second">The figures of the other on the same splits, in the same order.</param>
    /// <param name="testShare">The size of a test set divided by that of the training set.</param>
    /// <returns>The comparison; its <see cref="PairedComparison.Users"/> is the number of splits J.</returns>
    /// <exception cref="ArgumentException">
    /// The numbers of splits differ, or there are fewer than 2, or a figure or the square of a difference isn't finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="testShare"/> isn't finite and above 0.</exception>
    public static PairedComparison CorrectedResampledT(IReadOnlyList<double> first, IReadOnlyList<double> second, double testShare)
        => Compare(first, second, "splits", Guard.Positive(testShare, nameof(testShare)));

    private static PairedComparison Compare(IReadOnlyList<double> first, IReadOnlyList<double> second, string pairs, double overlap)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Count < 2)
        {
            throw new ArgumentException($"Expected values of the same {pairs}, at least 2; got {first.Count} and {second.Count}.",
                nameof(second));
        }

        if (first.Concat(second).Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException("Expected finite values; got NaN or infinity.", first.All(double.IsFinite) ? nameof(second)
                : nameof(first));
        }

        int n = first.Count;
        double mean = 0, squares = 0;
        for (int i = 0; i < n; i++)
            mean += (first[i] - second[i]) / n;
        for (int i = 0; i < n; i++)
            squares += Math.Pow(first[i] - second[i] - mean, 2);
        double error = Math.Sqrt(squares / (n - 1) * ((1.0 / n) + overlap));
        if (!double.IsFinite(error))
            throw new ArgumentException("Expected differences whose squares are finite; got larger ones.", nameof(second));
        if (error == 0)
            return new PairedComparison(n, mean, 0, mean == 0 ? 0 : mean * double.PositiveInfinity, mean == 0 ? 1 : 0);
        double t = mean / error;
        return new PairedComparison(n, mean, error, t, 2 * StudentT.CDF(0, 1, n - 1, -Math.Abs(t)));
    }

    /// <summary>
    /// Compares two evaluations of the same protocol by the values that they kept per user. Users are paired by their raw ids, so that
    /// the datasets may have them in another order.
    /// </summary>
    /// <param name="first">One model's evaluation.</param>
    /// <param name="second">The other's.</param>
    /// <param name="metric">A metric that both evaluated.</param>
    /// <exception cref="ArgumentException">The protocols differ in more than dataset name, metrics and seed, or the users do.</exception>
    /// <exception cref="KeyNotFoundException">The metric wasn't evaluated by both.</exception>
    /// <exception cref="InvalidOperationException">One is of an epoch that isn't its training's best: only averages are kept.</exception>
    public static PairedComparison PairedT(EvaluationResult first, EvaluationResult second, RankingMetric metric)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return PairedT([first], [second], metric);
    }

    /// <summary>
    /// Compares two models by several evaluations of each, one for each training, such as those of several seeds: over users, each with the
    /// mean of the values that a model's trainings gave. Users are paired by their raw ids.
    /// </summary>
    /// <remarks>The two needn't have as many trainings. Several such tests are corrected by <see cref="Holm"/>.</remarks>
    /// <param name="first">One model's evaluations, at least one.</param>
    /// <param name="second">The other's, at least one.</param>
    /// <param name="metric">A metric that all evaluated.</param>
    /// <exception cref="ArgumentException">
    /// There is no evaluation of a model, or two protocols differ in more than dataset name, metrics and seed, or the users do.
    /// </exception>
    /// <exception cref="KeyNotFoundException">The metric wasn't evaluated by all.</exception>
    /// <exception cref="InvalidOperationException">One is of an epoch that isn't its training's best: only averages are kept.</exception>
    /// <example>
    /// <code>
    /// EvaluationResult[] aligned = [.. seeds.Select(TrainWithBma)], alone = [.. seeds.Select(TrainWithout)];
    /// PairedComparison gain = SignificanceTest.PairedT(aligned, alone, RankingMetric.Recall(20));
    /// </code>
    /// </example>
    public static PairedComparison PairedT(
        IReadOnlyList<EvaluationResult> first, IReadOnlyList<EvaluationResult> second, RankingMetric metric)
    {
        ThrowIfEmpty(first, nameof(first));
        ThrowIfEmpty(second, nameof(second));
        double[] own = Means(first, first[0], metric, nameof(first)), others = Means(second, first[0], metric, nameof(second));
        for (int n = 0; n < own.Length; n++)
        {
            // Means of the same numbers, of other counts or in another order, differ by rounding, always to the same side.
            if (Math.Abs(own[n] - others[n]) <= Rounding * Math.Max(Math.Abs(own[n]), Math.Abs(others[n])))
                others[n] = own[n];
        }

        return PairedT(own, others);
    }

    /// <summary>The mean of each user's values over evaluations, in the order that one of them has the users in.</summary>
    private static double[] Means(IReadOnlyList<EvaluationResult> results, EvaluationResult order, RankingMetric metric, string name)
    {
        var means = new double[order.EvaluatedUsers.Count];
        foreach (EvaluationResult result in results)
        {
            if (order.Protocol.DifferenceTo(result.Protocol) is { } difference)
                throw Differing(order, result, difference, name);
            IReadOnlyList<double> values = result.PerUser(metric);
            int[] places = PlacesOf(order, result)
                ?? throw Differing(order, result, $"{nameof(EvaluationResult.EvaluatedUsers)} differ", name);
            for (int n = 0; n < means.Length; n++)
                means[n] += values[places[n]];
        }

        for (int n = 0; n < means.Length; n++)
            means[n] /= results.Count;
        return means;
    }

    private static void ThrowIfEmpty(IReadOnlyList<EvaluationResult> results, string name)
    {
        ArgumentNullException.ThrowIfNull(results, name);
        if (results.Count == 0)
            throw new ArgumentException("Expected at least one evaluation of each model; got none.", name);
        foreach (EvaluationResult result in results)
            ArgumentNullException.ThrowIfNull(result, name);
    }

    private static ArgumentException Differing(EvaluationResult first, EvaluationResult second, string difference, string name) => new(
        $"Expected evaluations under the same protocol, but {difference}; got {first.Protocol} and {second.Protocol}.", name);

    // Where the second has each user of the first. Datasets of one split may number their users in other ways.
    private static int[]? PlacesOf(EvaluationResult first, EvaluationResult second)
    {
        var known = new Dictionary<string, int>(second.EvaluatedUsers.Count, StringComparer.Ordinal);
        for (int place = 0; place < second.EvaluatedUsers.Count; place++)
            known.Add(second.UserIds[place], place);
        int[] places = [.. first.UserIds.Select(id => known.GetValueOrDefault(id, -1))];
        return places.Length == known.Count && !places.Contains(-1) ? places : null;
    }

    /// <summary>Corrects p-values of a family of tests by Holm's method (1979), which bounds the chance of any false discovery.</summary>
    /// <param name="pValues">The p-values, each from 0 to 1.</param>
    /// <returns>The corrected p-values in the order of the input.</returns>
    /// <exception cref="ArgumentException">A p-value isn't from 0 to 1.</exception>
    public static IReadOnlyList<double> Holm(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        if (pValues.Any(p => p is not (>= 0 and <= 1)))
            throw new ArgumentException($"Expected p-values from 0 to 1, got {Shown.List(pValues)}.", nameof(pValues));
        int n = pValues.Count;
        var corrected = new double[n];
        double largest = 0;
        int left = n;
        foreach (int i in Enumerable.Range(0, n).OrderBy(i => pValues[i]))
        {
            largest = Math.Max(largest, Math.Min(1, pValues[i] * left--));
            corrected[i] = largest;
        }

        return corrected;
    }
}
