using System.Text.Json.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>A paired comparison of two models over the same users.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record PairedComparison
{
    [JsonConstructor]
    internal PairedComparison(int users, double meanDifference, double standardError, double t, double pValue)
        => (Users, MeanDifference, StandardError, T, PValue) = (users, meanDifference, standardError, t, pValue);

    /// <summary>The number of users n.</summary>
    public int Users { get; }

    /// <summary>The mean of first minus second.</summary>
    public double MeanDifference { get; }

    /// <summary>The standard error of that mean.</summary>
    public double StandardError { get; }

    /// <summary>The t statistic with n - 1 degrees of freedom.</summary>
    public double T { get; }

    /// <summary>The two-sided p-value: how often a difference as large as this would come about if there were none.</summary>
    public double PValue { get; }
}
