namespace DRepMRec.Contracts;

/// <summary>One thing that a part does otherwise than its contract asks.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="Where">What it was found at: a row, a weight, a term, a call.</param>
/// <param name="Expected">What was expected there.</param>
/// <param name="Actual">What came.</param>
public sealed record ContractFinding(ContractCheck Check, string Where, string Expected, string Actual)
{
    /// <summary>The finding as a sentence.</summary>
    public override string ToString() => $"{Check}, {Where}: expected {Expected}; got {Actual}.";
}
