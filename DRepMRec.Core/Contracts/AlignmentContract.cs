using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Contracts;

/// <summary>Checks whether an alignment does what the rest of the library counts on.</summary>
/// <remarks>
/// <see cref="ContractCheck"/> lists what that is. It's called with random rows for the dataset's users and items. Not safe for use by many
/// threads.
/// </remarks>
/// <example>
/// <code>
/// AlignmentContract.Check(() =&gt; new YourAlignment(embeddingDim: 64), embeddingDim: 64, small).ThrowIfBroken();
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public static class AlignmentContract
{
    /// <summary>
    /// Checks what one instance is enough for. It stays the caller's, and its weights and buffers are as they were afterwards.
    /// </summary>
    /// <param name="alignment">The alignment.</param>
    /// <param name="embeddingDim">The dimension of both lines, at least 1.</param>
    /// <param name="data">The dataset; only its training interactions are looked at.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <returns>
    /// The findings, and what wasn't checked: saved weights, disposal, and a batch's rows where it doesn't promise them
    /// (<see cref="IAlignmentModule.FusesByRow"/>).
    /// </returns>
    /// <exception cref="ArgumentException">
    /// It isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions.
    /// </exception>
    public static ContractReport Check(
        IAlignmentModule alignment, int embeddingDim, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(alignment);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(leaveOut);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingDim);
        var run = new ContractRun(alignment.GetType().Name, leaveOut);
        new AlignmentChecks(run, embeddingDim, ContractData.WithCold(data)).Run(alignment);
        run.Skip([ContractCheck.SavedWeights, ContractCheck.Disposal], InstanceChecks.Reason);
        return run.Report;
    }

    /// <summary>Checks everything, on instances that a function creates.</summary>
    /// <param name="create">Creates an alignment, each time with the same first weights. The alignments are disposed here.</param>
    /// <param name="embeddingDim">The dimension of both lines, at least 1.</param>
    /// <param name="data">The dataset; only its training interactions are looked at.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <exception cref="ArgumentException">
    /// It isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions.
    /// </exception>
    public static ContractReport Check(
        Func<IAlignmentModule> create, int embeddingDim, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(leaveOut);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingDim);
        IAlignmentModule alignment = create();
        var run = new ContractRun(alignment.GetType().Name, leaveOut);
        var checks = new AlignmentChecks(run, embeddingDim, ContractData.WithCold(data));
        using (AlignmentChecks.AsModule(alignment))
            checks.Run(alignment);
        if (!run.IsMisshapen)
            checks.RunInstances(create);
        return run.Report;
    }
}
