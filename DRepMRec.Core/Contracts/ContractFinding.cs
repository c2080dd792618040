using System.Text.Json.Serialization;

namespace DRepMRec.Contracts;

/// <summary>One thing that a part does otherwise than its contract asks.</summary>
public sealed record ContractFinding
{
    [JsonConstructor]
    internal ContractFinding(ContractCheck check, string where, string expected, string actual)
        => (Check, Where, Expected, Actual) = (check, where, expected, actual);

    /// <summary>What was checked.</summary>
    public ContractCheck Check { get; internal init; }

    /// <summary>What it was found at: a row, a weight, a term, a call.</summary>
    public string Where { get; internal init; }

    /// <summary>What was expected there.</summary>
    public string Expected { get; internal init; }

    /// <summary>What came.</summary>
    public string Actual { get; internal init; }

    /// <summary>The finding as a sentence.</summary>
    public override string ToString() => $"{Check}, {Where}: expected {Expected}; got {Actual}.";
}
