using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DRepMRec;

namespace Common;

internal static class OptionsHash
{
    // What stood in the hashes of the logs in docs/results, whose machine had two processors.
    private const int UsualThreads = 2;

    /// <summary>
    /// The options that a model is made with, in short: figures of other options, which another version of the library may have, don't
    /// belong in the same table. Those of an item-to-item part that is off don't count. <see cref="LibraryBuild"/> tells builds of one
    /// version apart. Threads change no figure, and their default is the machine's: a log goes on on any.
    /// </summary>
    public static string Of(DRepMRecOptions model, object? host, TrainerOptions trainer)
    {
        string options = model.ItemToItem.Enabled
            ? $"{model} {JsonSerializer.Serialize(model.ItemToItem)}" // As text, lists of weights are the name of their type.
            : $"{model}".Replace($"{model.ItemToItem}", "off", StringComparison.Ordinal);
        TrainerOptions training = trainer with { Threads = 1, Evaluation = trainer.Evaluation with { Threads = UsualThreads } };
        return Of($"{options} {host} {training}");
    }

    /// <summary>Options as text, in short.</summary>
    public static string Of(string options)
    {
        string text = $"{options} {typeof(Trainer).Assembly.GetName().Version}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
