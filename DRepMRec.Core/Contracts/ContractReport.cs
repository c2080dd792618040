namespace DRepMRec.Contracts;

/// <summary>What came of checking a part of a model.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed record ContractReport
{
    internal ContractReport(
        string part, IReadOnlyList<ContractCheck> kept, IReadOnlyList<ContractFinding> findings,
        IReadOnlyDictionary<ContractCheck, string> notChecked)
        => (Part, Kept, Findings, NotChecked) = (part, kept, findings, notChecked);

    /// <summary>The name of the part's type.</summary>
    public string Part { get; }

    /// <summary>What was checked and found in order.</summary>
    public IReadOnlyList<ContractCheck> Kept { get; }

    /// <summary>What wasn't.</summary>
    public IReadOnlyList<ContractFinding> Findings { get; }

    /// <summary>What couldn't be checked, with the reason.</summary>
    public IReadOnlyDictionary<ContractCheck, string> NotChecked { get; }

    /// <summary>Whether nothing was found.</summary>
    public bool IsKept => Findings.Count == 0;

    /// <summary>Passes where nothing was found.</summary>
    /// <exception cref="InvalidOperationException">Something was; the message has all of it.</exception>
    public void ThrowIfBroken()
    {
        if (!IsKept)
            throw new InvalidOperationException(ToString());
    }

    /// <summary>A line for each finding, for what is in order, and for what couldn't be checked.</summary>
    public override string ToString() => string.Join('\n',
    [
        $"{Part} {(IsKept ? "keeps its contract" : $"breaks its contract")}; "
            + $"in order: {(Kept.Count == 0 ? "nothing" : string.Join(", ", Kept))}.",
        .. Findings.Select(f => f.ToString()),
        .. NotChecked.Select(n => $"{n.Key} wasn't checked: {n.Value}"),
    ]);
}
