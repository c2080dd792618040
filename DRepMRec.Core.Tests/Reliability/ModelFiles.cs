using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Model files that somebody altered with care: an array is changed and the checksum made right again, so that it tells nothing.
/// </summary>
internal static class ModelFiles
{
    private static readonly int[] Extremes = [0, 1, 2, -1, int.MinValue, int.MaxValue, BitConverter.SingleToInt32Bits(float.NaN),
        BitConverter.SingleToInt32Bits(float.MaxValue)];
    private static readonly Lazy<byte[]> Sound = new(() => Make(RowPrecision.Single)), Rounded = new(() => Make(RowPrecision.Int8));

    public static IEnumerable<FuzzTarget> All =>
    [
        new("altered model file", [("model", Sound.Value)], folder => Use(folder["model"], verify: true),
            typeof(ModelFileException)) { Generator = (0, Alter) },
        new("altered model file that isn't verified", [("model", Sound.Value)], folder => Use(folder["model"], verify: false),
            typeof(ModelFileException))
        {
            Generator = (0, Alter),
            FixedBytes = 64 << 20,
        },
    ];

    /// <summary>Asks a recommender everything it can be asked.</summary>
    private static void Use(string file, bool verify)
    {
        Recommender loaded = Recommender.Load(file, new RecommenderLoadOptions { Verify = verify });
        if (verify)
            return;
        string user = loaded.Users.First(), item = loaded.Items.Last();
        var request = new RecommendationRequest { UserId = user, History = loaded.History(user), Count = 1000 };
        loaded.Recommend([request, request with { UserId = null }, request with { UserId = "nobody", History = [] },
            request with { Candidates = [item, "?"] }]);
        loaded.Explain(request, item);
        foreach (RepresentationSpace space in loaded.Spaces)
            _ = (loaded.SimilarItems(item, 5, space), loaded.SimilarUsers(user, 5, space));
        Dictionary<Modality, ReadOnlyMemory<float>> features = loaded.FeatureDimensions
            .ToDictionary(f => f.Key, f => (ReadOnlyMemory<float>)Enumerable.Range(1, f.Value).Select(n => (float)n).ToArray());
        Recommender changed = loaded.WithoutItems([item]);
        try
        {
            changed = changed.WithItems([new ItemContent("new", features), new ItemContent(item, features)]);
        }
        catch (ArgumentException e) when (e.Message.Contains("isn't finite", StringComparison.Ordinal))
        {
        }

        ModelWriter.Write(changed.Model, Stream.Null);
    }

    private static byte[] Make(RowPrecision precision)
    {
        RecDataset data = SyntheticDataset.Create(
            new SyntheticOptions { Users = 20, Items = 16, Clusters = 2, Modalities = [new(Modality.Image, 3)] }).Data;
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions
        {
            EmbeddingDim = 4,
            ItemToItem = new() { Enabled = true, BlendWeights = [0.5], L2 = 5 },
        });
        Recommender trained = new Trainer(model, data, TinyTraining.Options(1)).Fit()
            .BuildRecommender(new RecommenderOptions { RowPrecision = precision });
        ItemContent Item(string id)
            => new(id, new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Image] = new float[] { 1, 2, 3 } });
        using var folder = new TempFolder();
        trained.WithItems([Item("added"), Item(data.Items[2])]).WithoutItems([data.Items[3], data.Items[5]]).Save(folder["model"]);
        return File.ReadAllBytes(folder["model"]);
    }

    /// <summary>Changes one array, of numbers or of bytes, in a few places.</summary>
    private static byte[] Alter(SeededRandom random)
    {
        byte[] bytes = [.. random.NextInt(3) == 0 ? Rounded.Value : Sound.Value];
        int start = 8 + (int)BitConverter.ToInt64(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, start - 8));
        JsonProperty[] arrays = [.. header.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__")];
        JsonElement place = arrays[random.NextInt(arrays.Length)].Value.GetProperty("data_offsets");
        Span<byte> array = bytes.AsSpan((start + place[0].GetInt32())..(start + place[1].GetInt32()));
        for (int changes = 1 + random.NextInt(4); changes > 0; changes--)
        {
            if (array.Length % 4 == 0 && random.NextInt(3) > 0)
            {
                Span<int> numbers = MemoryMarshal.Cast<byte, int>(array);
                numbers[random.NextInt(numbers.Length)] = random.NextInt(2) == 0 ? Extremes[random.NextInt(Extremes.Length)]
                    : numbers[random.NextInt(numbers.Length)];
            }
            else
            {
                array[random.NextInt(array.Length)] = (byte)random.NextInt(256);
            }
        }

        string old = header.RootElement.GetProperty("__metadata__").GetProperty("drepmrec").GetString()!;
        string checksum = JsonDocument.Parse(old).RootElement.GetProperty("dataChecksum").GetString()!;
        int at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(checksum));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(start)))).CopyTo(bytes, at);
        return bytes;
    }
}
