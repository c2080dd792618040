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
    /// <param name="model">The model.</param>
    /// <param name="sliceBytes">The most bytes of a tensor that are hashed at once; the hash doesn't depend on it.</param>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static string Of(DRepMRecModel model, long sliceBytes = TensorBytes.Limit)
    {
        using var scope = NewDisposeScope();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, weights) in model.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            AppendHeader(hash, name, TensorBytes.Describe(weights));
            hash.AppendElements(weights, sliceBytes);
        }

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
        foreach (SafeTensor tensor in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            AppendHeader(hash, tensor.Name, $"{tensor.Type} [{string.Join(", ", tensor.Shape)}]");
            hash.AppendData(tensor.Data.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendHeader(IncrementalHash hash, string name, string typeAndShape)
        => hash.AppendData(Encoding.UTF8.GetBytes($"{name} {typeAndShape}\n"));
}
