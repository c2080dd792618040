using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>
/// What the top K of all evaluated users are like, whoever likes them: how much of the catalogue they show, how popular, how new and how
/// varied it is. Derive from it for one of your own.
/// </summary>
/// <remarks>Figures are the same for any number of threads: averages are summed in the order of users.</remarks>
/// <example>
/// <code>
/// var options = new EvaluationOptions { ListMetrics = [ListMetric.Gini(20), ListMetric.IntraListDiversity(Modality.Image, 20)] };
/// double gini = new Evaluator(options).Evaluate(scorer, data, EvaluationTarget.Test)[ListMetric.Gini(20)];
/// </code>
/// </example>
[JsonConverter(typeof(ListMetricConverter))]
public abstract record ListMetric
{
    /// <summary>Creates a metric.</summary>
    /// <param name="k">The cut-off K, at least 1.</param>
    protected ListMetric(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        K = k;
    }

    /// <summary>The cut-off K.</summary>
    public int K { get; }

    /// <summary>The name without the cut-off.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The share of all items that are in some user's top K (Ge, Delgado-Battenfeld and Jannach, "Beyond accuracy: evaluating recommender
    /// systems by coverage and serendipity", RecSys 2010).
    /// </summary>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static ListMetric ItemCoverage(int k) => new Coverage(k);

    /// <summary>
    /// The Gini index of how often each of the I items is in a top K: Σ (2j - I - 1)·c_j / (I·Σ c_j) over the counts c in ascending order,
    /// from 0, where all items are shown equally often, to (I - 1) / I, where only one is (Fleder and Hosanagar, "Blockbuster Culture's
    /// Next Rise or Fall", Management Science 55(5), 2009).
    /// </summary>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static ListMetric Gini(int k) => new GiniIndex(k);

    /// <summary>
    /// How many users the items of a top K have in training, averaged over each list and then over users (Abdollahpouri, Burke and
    /// Mobasher, "Managing popularity bias in recommender systems with personalized re-ranking", FLAIRS 2019).
    /// </summary>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static ListMetric AveragePopularity(int k) => new Popularity(k);

    /// <summary>
    /// The mean self-information of the items of a top K, log2(U / u_i) bits with u_i of U users who have the item in training, averaged
    /// over each list and then over users (Zhou et al., "Solving the apparent diversity-accuracy dilemma of recommender systems", PNAS
    /// 107(10), 2010). An item that nobody has counts as if one user had it.
    /// </summary>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static ListMetric Novelty(int k) => new SelfInformation(k);

    /// <summary>
    /// How unlike the items of a top K are: 1 minus the cosine of their features as they came, averaged over the pairs of a list and then
    /// over users (Ziegler et al., "Improving recommendation lists through topic diversification", WWW 2005). Items without features are in
    /// no pair, and lists without a pair aren't counted; NaN where no list has one.
    /// </summary>
    /// <param name="modality">The modality; the dataset must have it.</param>
    /// <param name="k">The cut-off K, at least 2.</param>
    public static ListMetric IntraListDiversity(Modality modality, int k) => new FeatureDiversity(modality, k);

    /// <summary>Reads a name as <see cref="ToString"/> writes it, such as "Gini@20" or "IntraListDiversity(image)@20".</summary>
    /// <param name="text">The name of one of the metrics that this type makes.</param>
    /// <exception cref="FormatException">It isn't such a name.</exception>
    public static ListMetric Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text) ?? throw new FormatException("Expected a metric such as 'Gini@20' (ItemCoverage, Gini, AveragePopularity, "
            + $"Novelty, IntraListDiversity(MODALITY)), got {Shown.Text(text)}.");
    }

    internal static ListMetric? TryParse(string text)
    {
        int at = text.LastIndexOf('@'), open = text.IndexOf('(', StringComparison.Ordinal);
        if (at >= 0 && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int k) && k > 0)
        {
            List<ListMetric> all = [ItemCoverage(k), Gini(k), AveragePopularity(k), Novelty(k)];
            if (k > 1 && open > 0 && at > open + 2 && Modality.IsName(text[(open + 1)..(at - 1)]))
                all.Add(IntraListDiversity(new Modality(text[(open + 1)..(at - 1)]), k));
            return all.Find(m => text.Equals(m.ToString(), StringComparison.OrdinalIgnoreCase));
        }

        return null;
    }

    /// <summary>Measures the lists of an evaluation.</summary>
    /// <param name="lists">The top K of all evaluated users, where there are as many.</param>
    public abstract double Compute(RankedLists lists);

    /// <summary>Refuses a dataset that can't be measured, before anything is ranked.</summary>
    /// <param name="data">The dataset.</param>
    /// <exception cref="ArgumentException">The metric asks for what the dataset doesn't have.</exception>
    public virtual void ThrowIfUnfit(RecDataset data)
    {
    }

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Name}@{K.ToString(CultureInfo.InvariantCulture)}";

    private sealed record Coverage(int Cut) : ListMetric(Cut)
    {
        public override string Name => "ItemCoverage";

        public override double Compute(RankedLists lists) => lists.CountItems().Count(c => c > 0) / (double)lists.Data.Items.Count;
    }

    private sealed record GiniIndex(int Cut) : ListMetric(Cut)
    {
        public override string Name => "Gini";

        public override double Compute(RankedLists lists)
        {
            int[] counts = lists.CountItems();
            Array.Sort(counts);
            Int128 weighted = 0, sum = 0;
            for (int j = 1; j <= counts.Length; j++)
            {
                weighted += (Int128)((2L * j) - counts.Length - 1) * counts[j - 1];
                sum += counts[j - 1];
            }

            return sum == 0 ? 0 : (double)weighted / (double)(sum * counts.Length);
        }
    }

    private sealed record Popularity(int Cut) : ListMetric(Cut)
    {
        public override string Name => "AveragePopularity";

        public override double Compute(RankedLists lists) => lists.Average(list => Mean(list, item => lists.ItemUsers[item]));
    }

    private sealed record SelfInformation(int Cut) : ListMetric(Cut)
    {
        public override string Name => "Novelty";

        public override double Compute(RankedLists lists)
            => lists.Average(list => Mean(list, item => Math.Log2((double)lists.Data.Users.Count / Math.Max(1, lists.ItemUsers[item]))));
    }

    private sealed record FeatureDiversity : ListMetric
    {
        public FeatureDiversity(Modality modality, int k) : base(k)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(k, 2);
            Modality = modality;
        }

        public Modality Modality { get; }

        public override string Name => $"IntraListDiversity({Modality})";

        public override void ThrowIfUnfit(RecDataset data)
        {
            if (!data.Features.Any(f => f.Modality == Modality))
            {
                throw new ArgumentException($"{this} asks for the features '{Modality}'; the dataset has "
                    + $"{(data.Features.Count == 0 ? "none" : Shown.List(data.Features.Select(f => f.Modality)))}.", nameof(data));
            }
        }

        /// <summary>
        /// The cosines of all n (n - 1) / 2 pairs of unit vectors add up to (|Σ x|² - n) / 2: no pair is looked at.
        /// </summary>
        public override double Compute(RankedLists lists)
        {
            ItemFeatures features = lists.Data.Features.Single(f => f.Modality == Modality);
            return lists.Average(list =>
            {
                double[] sum = new double[features.Dimension], unit = new double[features.Dimension];
                int count = 0;
                foreach (int item in list)
                {
                    if (!features.Present[item])
                        continue;
                    TensorPrimitives.ConvertChecked(features[item], unit);
                    TensorPrimitives.MultiplyAdd(unit, 1 / TensorPrimitives.Norm<double>(unit), sum, sum);
                    count++;
                }

                return count < 2 ? double.NaN : 1 - ((TensorPrimitives.SumOfSquares<double>(sum) - count) / ((double)count * (count - 1)));
            });
        }
    }

    private static double Mean(ReadOnlySpan<int> list, Func<int, double> value)
    {
        double sum = 0;
        foreach (int item in list)
            sum += value(item);
        return sum / list.Length;
    }
}
