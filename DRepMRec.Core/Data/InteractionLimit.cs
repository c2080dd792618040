namespace DRepMRec.Data;

/// <summary>How many interactions there may be: a graph has two entries for each, and arrays end at 2^31.</summary>
internal static class InteractionLimit
{
    /// <summary>The most interactions.</summary>
    public const int Max = 1_000_000_000;

    /// <summary>What is wrong with a number of interactions; <see langword="null"/> if nothing is.</summary>
    public static string? WhatIsWrong(long count) => count <= Max ? null : FormattableString.Invariant(
        $"expected at most {Max:N0} interactions, as their graph has two entries for each and arrays end at 2^31; found more.");
}
