using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Evaluation;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Support;

/// <summary>
/// A checksum of all that a training gives: the weights, the representations, and each figure of each epoch, to the last bit.
/// </summary>
internal static class Fingerprint
{
    public static string Of(DRepMRecModel model, TrainingReport report)
    {
        using DisposeScope scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        UserItemEmbeddings final = model.Embed();
        foreach (Tensor tensor in model.state_dict().Select(w => Whole(model, w.Key, w.Value)).Append(final.Users).Append(final.Items))
            hash.AppendData(tensor.detach().contiguous().bytes);

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"best {report.BestEpoch}\n");
        foreach (EpochReport epoch in report.History)
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch} {Show(epoch.Losses)} {Show(epoch.Validation)}\n");
        if (report.Validation is { } best)
            text.AppendJoin(' ', best.Metrics.Keys.SelectMany(best.PerUser)).AppendJoin(' ', best.EvaluatedUsers);
        text.Append(Show(report.EvaluateTest()));
        hash.AppendData(Encoding.UTF8.GetBytes(text.ToString()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The whole of weights of which each process has a share.</summary>
    private static Tensor Whole(DRepMRecModel model, string name, Tensor weights)
        => Checkpoint.SharesOf(model).GetValueOrDefault(name)?.Gather(weights) ?? weights;

    private static string Show(EvaluationResult? result)
        => result is null
            ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{result.Protocol} {Show(result.All)} {Show(result.ColdItems)} "
                + $"{Show(result.ColdItemsAmongCold)} {result.ItemCoverage:R}");

    private static string Show(GroupResult? group)
        => group is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{group.Users} {group.Positives} {Show(group.Metrics)}");

    private static string Show<TKey>(IEnumerable<KeyValuePair<TKey, double>> values)
        => string.Join(' ', values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key} {v.Value:R}")));
}
