using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>What tells one model's weights from another's.</summary>
internal static class WeightsHash
{
    /// <summary>The SHA-256 of all weights by name, and of the item-to-item part, if there is one.</summary>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static string Of(DRepMRecModel model)
    {
        using var scope = NewDisposeScope();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, model.state_dict().Select(weights => TensorBytes.Of(weights.Key, weights.Value)));
        if (model.ItemToItem is { } blend)
        {
            hash.AppendValues(blend.Part.Weights.RowOffsets);
            hash.AppendValues(blend.Part.Weights.Columns);
            hash.AppendValues(blend.Part.Weights.Values);
            hash.AppendData(BitConverter.GetBytes(blend.Factors.Part));
            hash.AppendValues<float>(blend.Part.Popularity);
            hash.AppendData(BitConverter.GetBytes(blend.Factors.Popularity));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The SHA-256 of tensors by name.</summary>
    public static string Of(IEnumerable<SafeTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, tensors);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, IEnumerable<SafeTensor> tensors)
    {
        foreach (SafeTensor tensor in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name} {tensor.Type} [{string.Join(", ", tensor.Shape)}]\n"));
            hash.AppendData(tensor.Data.Span);
        }
    }
}
