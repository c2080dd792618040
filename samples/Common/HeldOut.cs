using DRepMRec.Data;

namespace Common;

/// <summary>What is held out of training, which comparisons choose and measure by.</summary>
internal static class HeldOut
{
    /// <summary>Refuses a dataset without it before anything is trained.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="test">Whether the test set is read too.</param>
    /// <exception cref="ArgumentException">There are no validation interactions, or none for the test.</exception>
    public static void Require(RecDataset data, bool test)
    {
        if (data.Validation.Count == 0)
            throw new ArgumentException($"Expected validation interactions in '{data.Name}' to choose by, got none.");
        if (test && data.Test.Count == 0)
            throw new ArgumentException($"Expected test interactions in '{data.Name}' to measure by, got none.");
    }
}
