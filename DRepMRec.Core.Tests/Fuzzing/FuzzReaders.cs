using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Serving;
using DRepMRec.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DRepMRec.Tests.Fuzzing;

/// <summary>
/// The readers that a coverage-guided fuzzer looks into, each of one file, with the exceptions that their documentation names. Compiled
/// into the tests, which read the corpus, and into the harness.
/// </summary>
internal static class FuzzReaders
{
    private static readonly ItemLayout Layout = new() { Item = "id", Title = "title", Numbers = ["price"] };

    /// <summary>By name: the ending of the file, the reader, and the exception that it may throw.</summary>
    public static IReadOnlyDictionary<string, (string Extension, Action<string> Read, Type Documented)> All { get; } =
        new Dictionary<string, (string, Action<string>, Type)>
        {
            ["model"] = (".drepmrec", path =>
            {
                Recommender model = Recommender.Load(path);
                foreach (string user in model.Users.Take(2))
                    model.Recommend(user);
            }, typeof(ModelFileException)),
            ["checkpoint"] = ("", path =>
            {
                using var file = new CheckpointFile(path, NullLogger.Instance);
                file.Read();
            }, typeof(CheckpointFormatException)),
            ["texts"] = (".texts", path => TextFeatures.Load(path).Encode("red shoe"), typeof(DatasetFormatException)),
            ["weights"] = (".weights", path => EarlierModel.Load(path), typeof(FormatException)),
            ["inter"] = (".inter", path => RecDataset.Load(path), typeof(DatasetFormatException)),
            ["csv"] = (".csv", path => ItemTable.LoadDelimited(path, new() { Item = "id", Title = "title", Numbers = ["price"] }),
                typeof(DatasetFormatException)),
            ["jsonl"] = (".jsonl", path => ItemTable.LoadJsonLines(path, Layout), typeof(DatasetFormatException)),
            ["npy"] = (".npy", path => FeatureTable.LoadNpy(path, Modality.Image, ["a", "b"]), typeof(DatasetFormatException)),
            ["parquet"] = (".parquet", path => ItemTable.LoadParquet(path, new() { Item = "item_id" }), typeof(DatasetFormatException)),
        };

    /// <summary>Reads a file; what isn't documented comes out.</summary>
    public static void Read(string reader, string path)
    {
        var (_, read, documented) = All[reader];
        try
        {
            read(path);
        }
        catch (Exception exception) when (exception.GetType() == documented)
        {
        }
    }
}
