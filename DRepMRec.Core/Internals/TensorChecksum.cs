using System.Security.Cryptography;
using System.Text;

namespace DRepMRec.Internals;

/// <summary>
/// The SHA-256 of what a safetensors file holds, kept in its metadata, so that a bit that flips on a disk isn't taken for a weight.
/// </summary>
internal static class TensorChecksum
{
    /// <summary>Its name in the metadata.</summary>
    public const string Key = "sha256";

    /// <summary>The checksum of a text and arrays; their order has no say in it.</summary>
    public static string Of(string text, IEnumerable<SafeTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        foreach (SafeTensor tensor in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            string shape = string.Join(',', tensor.Shape);
            hash.AppendData(Encoding.UTF8.GetBytes(
                FormattableString.Invariant($"\n{tensor.Name}:{tensor.Type}:{shape}:{tensor.Data.Length}\n")));
            hash.AppendData(tensor.Data.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes a file with the checksum of its metadata and arrays.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensor> tensors)
        => Safetensors.Write(stream, new Dictionary<string, string>(metadata) { [Key] = Of(Text(metadata), tensors) }, tensors);

    /// <summary>Refuses what <see cref="Write"/> wrote and something changed since. Files from before there was a checksum pass.</summary>
    /// <exception cref="FormatException">The content has another checksum than the file says.</exception>
    public static void ThrowIfDamaged(IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, SafeTensor> tensors)
    {
        if (metadata.TryGetValue(Key, out string? written) && written != Of(Text(metadata), tensors.Values))
            throw new FormatException("the file is damaged: its content doesn't have the checksum that it was written with.");
    }

    private static string Text(IReadOnlyDictionary<string, string> metadata)
        => string.Join(
            '\n', metadata.Where(m => m.Key != Key).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}: {m.Value}"));
}
