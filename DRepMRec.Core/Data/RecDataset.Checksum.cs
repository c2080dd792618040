using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

public sealed partial class RecDataset
{
    private string? _splitChecksum;
    private string? _checksum;

    /// <summary>
    /// What tells one split from another: the SHA-256, in 64 lower-case hexadecimal digits, of the three sets by raw id. It depends neither
    /// on the order of users and items nor on the features, so that two reports with the same checksum are about the same split. Weights
    /// that aren't all 1 are in it, as they change what is learned.
    /// </summary>
    public string SplitChecksum => _splitChecksum ??= ComputeSplitChecksum();

    // Per set: its name, then every pair as "length:id" twice and a line feed, users and items in ordinal order of their raw ids. A set
    // with weights has one, as digits that give it back, and a blank before each pair.
    private string ComputeSplitChecksum()
    {
        int[] users = Ordinal(Users);
        int[] items = Ordinal(Items);
        var itemRanks = new int[items.Length];
        for (int rank = 0; rank < items.Length; rank++)
            itemRanks[items[rank]] = rank;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, set) in new[] { ("train", Train), ("validation", Validation), ("test", Test) })
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name + '\n'));
            foreach (int user in users)
            {
                int[] ranks = [.. set.ItemsOf(user)];
                float[] weights = [.. set.WeightsOf(user)];
                for (int i = 0; i < ranks.Length; i++)
                    ranks[i] = itemRanks[ranks[i]];
                if (weights.Length > 0)
                    Array.Sort(ranks, weights);
                else
                    Array.Sort(ranks);
                string id = Users[user];
                for (int i = 0; i < ranks.Length; i++)
                {
                    string item = Items[items[ranks[i]]], pair = string.Create(CultureInfo.InvariantCulture,
                        $"{(weights.Length > 0 ? $"{weights[i]:R} " : "")}{id.Length}:{id}{item.Length}:{item}\n");
                    hash.AppendData(Encoding.UTF8.GetBytes(pair));
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// What tells one dataset from another: the SHA-256, in 64 lower-case hexadecimal digits, of all ids, the three sets with their weights
    /// and all features, by raw id. It depends neither on the name nor on the order of users and items.
    /// </summary>
    public string Checksum => _checksum ??= ComputeChecksum();

    private string ComputeChecksum()
    {
        RecDataset ordered = InIdOrder();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Text(string text) => hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{text.Length}:{text}\n")));
        foreach (IdMap ids in new[] { ordered.Users, ordered.Items })
        {
            Text($"{ids.Count}");
            foreach (string id in ids.Ids)
                Text(id);
        }

        foreach (InteractionSet set in new[] { ordered.Train, ordered.Validation, ordered.Test })
        {
            hash.AppendValues(set.Offsets);
            hash.AppendValues(set.Items);
            Text($"{set.Weights.Length}");
            hash.AppendValues(set.Weights);
        }

        foreach (ItemFeatures features in ordered.Features)
        {
            Text(features.Modality.Name);
            Text($"{features.Dimension}");
            hash.AppendValues(features.Values);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int[] Ordinal(IdMap map)
    {
        string[] ids = [.. map.Ids];
        int[] order = [.. Enumerable.Range(0, ids.Length)];
        Array.Sort(ids, order, StringComparer.Ordinal);
        return order;
    }
}
