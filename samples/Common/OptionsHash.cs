using System.Security.Cryptography;
using System.Text;
using DRepMRec;

namespace Common;

internal static class OptionsHash
{
    /// <summary>
    /// The options that a model is made with, in short: figures of other options, which another version of the library may have, don't
    /// belong in the same table. Those of an item-to-item part that is off don't count. <see cref="LibraryBuild"/> tells builds of one
    /// version apart.
    /// </summary>
    public static string Of(DRepMRecOptions model, object? host, TrainerOptions trainer)
    {
        string options = model.ItemToItem.Enabled ? $"{model}" : $"{model}".Replace($"{model.ItemToItem}", "off", StringComparison.Ordinal);
        string text = $"{options} {host} {trainer} {typeof(Trainer).Assembly.GetName().Version}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
