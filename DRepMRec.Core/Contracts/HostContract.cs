using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;

namespace DRepMRec.Contracts;

/// <summary>Checks whether a host, a behaviour encoder of any make, does what the rest of the library counts on.</summary>
/// <remarks>
/// What <see cref="ContractCheck"/> lists is tried on the dataset without the interactions of its last user and last item, which gives it
/// somebody whom nobody knows; hosts that are created here find no features of that item either, where another has some. Nothing here
/// needs a test framework: the report has a sentence for each finding. A small dataset is enough and is done within seconds. Not safe
/// for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// ContractReport report = HostContract.Check(data =&gt; new YourRecommender(data.Users.Count, data.Items.Count), small);
/// report.ThrowIfBroken();
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public static class HostContract
{
    /// <summary>
    /// Checks what one instance is enough for. It stays the caller's, and its weights and buffers are as they were afterwards.
    /// </summary>
    /// <param name="host">The host, made for the dataset.</param>
    /// <param name="data">The dataset; only its training interactions are looked at.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <returns>The findings, and what wasn't checked: the order of users and items, weight 0, saved weights, disposal.</returns>
    /// <exception cref="ArgumentException">
    /// The host isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions.
    /// </exception>
    public static ContractReport Check(IBehaviorEncoder host, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(host);
        return EncoderContract.Check(new HostSubject(host), data, leaveOut);
    }

    /// <summary>Checks everything, on instances that a function creates.</summary>
    /// <param name="create">
    /// Creates a host for a dataset, each time with the same first weights; it's asked for hosts of other numbers and orders of users and
    /// items too. The hosts are disposed here.
    /// </param>
    /// <param name="data">The dataset; only its training interactions and features are looked at.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <exception cref="ArgumentException">
    /// The host isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions.
    /// </exception>
    public static ContractReport Check(
        Func<RecDataset, IBehaviorEncoder> create, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(create);
        return EncoderContract.Check(d => new HostSubject(create(d)), data, leaveOut);
    }

    /// <summary>Checks everything of a host that reads features, on instances that a function creates.</summary>
    /// <param name="create">As in the other overload; the features are those of the dataset, and are disposed here.</param>
    /// <param name="data">The dataset, with features.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <exception cref="ArgumentException">
    /// The host isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions,
    /// or no features.
    /// </exception>
    public static ContractReport Check(
        Func<RecDataset, ModalFeatures, IBehaviorEncoder> create, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(create);
        return EncoderContract.Check(
            d =>
            {
                var features = new ModalFeatures(d.Features);
                return new HostSubject(create(d, features), features);
            }, data, leaveOut);
    }
}
