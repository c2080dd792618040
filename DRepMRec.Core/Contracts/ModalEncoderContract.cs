using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;

namespace DRepMRec.Contracts;

/// <summary>Checks whether a modal encoder does what the rest of the library counts on.</summary>
/// <remarks><see cref="ContractCheck"/> lists what that is. Not safe for use by many threads.</remarks>
/// <example>
/// <code>
/// ModalEncoderContract.Check((data, features) =&gt; new YourModalEncoder(features, 64), small).ThrowIfBroken();
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public static class ModalEncoderContract
{
    /// <summary>
    /// Checks what one instance is enough for. It stays the caller's, and its weights and buffers are as they were afterwards.
    /// </summary>
    /// <param name="encoder">The encoder, made for the dataset.</param>
    /// <param name="data">The dataset, with features; only its training interactions and features are looked at.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <returns>The findings, and what wasn't checked: the order of users and items, saved weights, disposal.</returns>
    /// <exception cref="ArgumentException">
    /// The encoder isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions,
    /// or no features.
    /// </exception>
    public static ContractReport Check(IModalEncoder encoder, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(data);
        using ModalFeatures? made = encoder.Features is null ? new ModalFeatures(data.Features) : null;
        return EncoderContract.Check(new ModalSubject(encoder, made ?? encoder.Features!), data, leaveOut);
    }

    /// <summary>Checks everything, on instances that a function creates.</summary>
    /// <param name="create">
    /// Creates an encoder for a dataset and its features, each time with the same first weights; it's asked for encoders of other numbers
    /// and orders of users and items too. Encoders and features are disposed here.
    /// </param>
    /// <param name="data">The dataset, with features; only its training interactions and features are looked at.</param>
    /// <param name="leaveOut">What not to check, such as gradients where some are stopped on purpose.</param>
    /// <exception cref="ArgumentException">
    /// The encoder isn't a TorchSharp module, or has weights elsewhere than on the CPU, or the dataset has too few interactions,
    /// or no features.
    /// </exception>
    public static ContractReport Check(
        Func<RecDataset, ModalFeatures, IModalEncoder> create, RecDataset data, params IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(data);
        EncoderSubject Create(RecDataset d)
        {
            var features = new ModalFeatures(d.Features);
            IModalEncoder encoder = create(d, features);
            return new ModalSubject(encoder, encoder.Features ?? features, features);
        }

        return EncoderContract.Check(Create, data, leaveOut);
    }
}
