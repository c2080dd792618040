using System.Security.Cryptography;
using System.Text;
using DRepMRec;

namespace Common;

internal static class OptionsHash
{
    /// <summary>
    /// The options that a model is made with, in short: figures of other options, which another version of the library may have, don't
    /// belong in the same table. <see cref="LibraryBuild"/> tells builds of one version apart.
    /// </summary>
    public static string Of(DRepMRecOptions model, object? host, TrainerOptions trainer)
        => Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{model} {host} {trainer} {typeof(Trainer).Assembly.GetName().Version}")))[..12];
}
