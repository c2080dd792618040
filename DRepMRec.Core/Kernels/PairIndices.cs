namespace DRepMRec.Kernels;

/// <summary>The pairs of a pairwise loss as rows of the two tables: B interactions, with negatives of their own or shared.</summary>
/// <param name="Users">B rows of the users' table.</param>
/// <param name="Positives">B rows of the items' table.</param>
/// <param name="Negatives">B * k rows of the items' table, k for each interaction in turn, or S when they are shared.</param>
/// <param name="Shared">Whether all interactions share the negatives.</param>
internal sealed record PairIndices(int[] Users, int[] Positives, int[] Negatives, bool Shared)
{
    /// <summary>What the loss of each interaction is multiplied by before the mean is taken; <see langword="null"/> for 1.</summary>
    public float[]? Factors { get; init; }

    /// <summary>What is added to the logit of each shared negative; <see langword="null"/> for 0.</summary>
    public float[]? Offsets { get; init; }

    /// <summary>How many negatives each interaction meets.</summary>
    public int PerInteraction => Shared ? Negatives.Length : Negatives.Length / Users.Length;
}
