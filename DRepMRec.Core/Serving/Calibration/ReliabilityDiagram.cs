using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>A bin of a reliability diagram.</summary>
public readonly record struct ReliabilityBin
{
    [JsonConstructor]
    internal ReliabilityBin(double predicted, double observed, int count)
        => (Predicted, Observed, Count) = (predicted, observed, count);

    /// <summary>The mean of the probabilities.</summary>
    public double Predicted { get; internal init; }

    /// <summary>The share of what happened.</summary>
    public double Observed { get; internal init; }

    /// <summary>How many probabilities there are.</summary>
    public int Count { get; internal init; }
}

/// <summary>How true probabilities are: a reliability diagram in numbers.</summary>
public sealed class ReliabilityDiagram
{
    private ReliabilityDiagram(IReadOnlyList<ReliabilityBin> bins) => Bins = bins;

    /// <summary>The bins, of equally many probabilities, ascending.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>
    /// The expected calibration error: the distance between what was said and what happened, averaged over the bins by their counts
    /// (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015; bins of equally
    /// many as by Nixon et al., "Measuring Calibration in Deep Learning", CVPR Workshops 2019, as all probabilities are small).
    /// </summary>
    public double ExpectedCalibrationError
        => Bins.Sum(b => b.Count * Math.Abs(b.Observed - b.Predicted)) / Bins.Sum(b => b.Count);

    /// <summary>Puts probabilities and what happened in bins. Equal probabilities may be in two.</summary>
    internal static ReliabilityDiagram Of(double[] probabilities, bool[] happened, int bins)
    {
        int[] order = [.. Enumerable.Range(0, probabilities.Length)];
        Array.Sort(order, (a, b) => probabilities[a] != probabilities[b]
            ? probabilities[a].CompareTo(probabilities[b]) : a.CompareTo(b));
        int count = Math.Min(bins, order.Length);
        return new ReliabilityDiagram([.. Enumerable.Range(0, count).Select(bin =>
        {
            int[] members = order[(int)((long)bin * order.Length / count)..(int)((bin + 1L) * order.Length / count)];
            double predicted = members.Average(n => probabilities[n]), observed = members.Average(n => happened[n] ? 1.0 : 0.0);
            return new ReliabilityBin(predicted, observed, members.Length);
        })]);
    }
}
