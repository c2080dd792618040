using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>
/// From a score to the probability that the user chooses the item, as the validation set tells it: among the items at the top of the lists
/// of users who have something in validation, the share that they chose there, as a rising function of the score.
/// </summary>
/// <remarks>
/// Isotonic regression (Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002) over
/// groups of at least 100 neighbouring scores, and straight lines between them. It presumes nothing but that a higher score is a better
/// one, where Platt's logistic curve presumes a shape that dot products don't have; so the order of a list by probability is that by score.
/// Immutable and safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// Recommender calibrated = recommender.WithCalibration(Calibration.Fit(recommender, data));
/// float? probability = calibrated.Recommend("42")[0].Probability;
/// </code>
/// </example>
public sealed class Calibration
{
    private const string ScoresArray = "calibration_scores";
    private const string ProbabilitiesArray = "calibration_probabilities";
    private readonly float[] _scores;
    private readonly float[] _probabilities;

    internal Calibration(CalibrationForm form, float[] scores, float[] probabilities)
        => (Form, _scores, _probabilities) = (form, scores, probabilities);

    /// <summary>How many items of each list were looked at.</summary>
    public int Depth => Form.Depth;

    /// <summary>How many users' lists were looked at.</summary>
    public int Users => Form.Users;

    /// <summary>How many items they had.</summary>
    public int Items => Form.Items;

    /// <summary>How many of these the users chose in the validation set.</summary>
    public int Hits => Form.Hits;

    /// <summary>The scores between which the function is a straight line, ascending. Beyond the first and the last it's flat.</summary>
    public IReadOnlyList<float> Scores => _scores;

    /// <summary>The probability at each of <see cref="Scores"/>; never falling.</summary>
    public IReadOnlyList<float> Probabilities => _probabilities;

    internal CalibrationForm Form { get; }

    /// <summary>Fits probabilities to the validation set of a dataset.</summary>
    /// <param name="recommender">The recommender, with the users and items of the dataset.</param>
    /// <param name="data">The dataset that it was trained on, without its validation and test sets.</param>
    /// <param name="depth">How many items of each list are looked at.</param>
    /// <param name="maxUsers">The most users, taken at even distances.</param>
    /// <exception cref="ArgumentException">No user who has something in validation is ranked by a representation of its own.</exception>
    public static Calibration Fit(Recommender recommender, RecDataset data, int depth = 20, int maxUsers = 20_000)
        => TryFit(recommender, data, depth, maxUsers) ?? throw new ArgumentException(
            "Expected users with something in the validation set whom the recommender knows by their training; there are none.",
            nameof(data));

    /// <summary>The probability that a user chooses an item of this score.</summary>
    /// <param name="score">The score.</param>
    /// <returns>From 0 to 1; NaN for NaN.</returns>
    public float Probability(float score)
    {
        if (float.IsNaN(score))
            return float.NaN;
        int at = Array.BinarySearch(_scores, score);
        if (at >= 0)
            return _probabilities[at];
        int next = ~at;
        if (next == 0 || next == _scores.Length)
            return _probabilities[Math.Min(next, _scores.Length - 1)];
        double share = ((double)score - _scores[next - 1]) / ((double)_scores[next] - _scores[next - 1]);
        return (float)(_probabilities[next - 1] + (share * ((double)_probabilities[next] - _probabilities[next - 1])));
    }

    /// <summary>How true the probabilities are: what they say beside what happened, in bins of equally many items.</summary>
    /// <param name="recommender">The recommender that the scores are of.</param>
    /// <param name="data">The dataset.</param>
    /// <param name="target">The set of what happened. At test, items of validation are left out of the lists.</param>
    /// <param name="bins">The number of bins.</param>
    /// <exception cref="ArgumentException">No user who has something in the set is ranked by a representation of its own.</exception>
    public ReliabilityDiagram Measure(Recommender recommender, RecDataset data, EvaluationTarget target, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(recommender);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        Guard.Defined(target, nameof(target));
        ScoredHits hits = ScoredHits.Of(recommender, data, target, Depth, int.MaxValue);
        return hits.Scores.Count > 0 ? ReliabilityDiagram.Of([.. hits.Scores.Select(s => (double)Probability(s))], [.. hits.IsHit], bins)
            : throw new ArgumentException(
                $"Expected users with something in the {target} set whom the recommender knows by their training; there are none.",
                nameof(data));
    }

    internal static Calibration? TryFit(Recommender recommender, RecDataset data, int depth = 20, int maxUsers = 20_000)
    {
        ArgumentNullException.ThrowIfNull(recommender);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxUsers);
        ScoredHits hits = ScoredHits.Of(recommender, data, EvaluationTarget.Validation, depth, maxUsers);
        if (hits.Scores.Count == 0)
            return null;
        var (scores, probabilities) = IsotonicRegression.Fit([.. hits.Scores], [.. hits.IsHit]);
        var form = new CalibrationForm
        {
            Depth = depth,
            Users = hits.Users,
            Items = hits.Scores.Count,
            Hits = hits.IsHit.Count(hit => hit),
        };
        return new Calibration(form, scores, probabilities);
    }

    internal static Calibration Read(CalibrationForm form, ModelArrays arrays)
    {
        Block<float> scores = arrays.Get<float>(ScoresArray), probabilities = arrays.Get<float>(ProbabilitiesArray, scores.Length);
        if (form.Depth < 1 || form.Users < 0 || form.Items < form.Hits || form.Hits < 0 || scores.Length == 0)
        {
            throw new FormatException($"the manifest has a calibration by {form.Hits} hits of {form.Items} items, {form.Users} users and a "
                + $"depth of {form.Depth}, with {scores.Length} scores");
        }

        for (long n = 0; n < scores.Length; n++)
        {
            bool rises = n == 0 || (scores[n] > scores[n - 1] && probabilities[n] >= probabilities[n - 1]);
            if (!float.IsFinite(scores[n]) || !(probabilities[n] is >= 0 and <= 1) || !rises)
            {
                throw new FormatException(FormattableString.Invariant(
                    $"the calibration must rise from 0 to 1; number {n} gives a score of {scores[n]} the probability {probabilities[n]}"));
            }
        }

        return new Calibration(form, scores.Slice(0, scores.Length).ToArray(), probabilities.Slice(0, scores.Length).ToArray());
    }

    internal IEnumerable<SafeTensorSource> Arrays()
        => [ModelWriter.Array(ScoresArray, Block<float>.Copy(_scores)),
            ModelWriter.Array(ProbabilitiesArray, Block<float>.Copy(_probabilities))];
}
