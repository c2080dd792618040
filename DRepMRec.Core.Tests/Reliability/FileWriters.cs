using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Hosting;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DRepMRec.Tests.Reliability;

/// <summary>Everything that the library writes to files, in a first version and in a second one that takes its place.</summary>
internal static class FileWriters
{
    public static IReadOnlyDictionary<string, Action<TempFolder, bool>> All { get; } = new Dictionary<string, Action<TempFolder, bool>>
    {
        ["model file"] = (folder, second) => Model(second).Save(folder["x.model"]),
        ["vectors as npy"] = (folder, second) => Model(second).ExportNpy(folder.Path),
        ["vectors as Parquet"] = (folder, second) => Model(second).ExportParquet(folder.Path),
        ["lists as CSV"] = (folder, second) => Wait(Model(second).RecommendAllAsync().WriteCsvAsync(folder["x.csv"])),
        ["lists as Parquet"] = (folder, second) => Wait(Model(second).RecommendAllAsync().WriteParquetAsync(folder["x.parquet"])),
        ["dataset of MMRec"] = (folder, second)
            => Samples.Checkerboard(second ? 8 : 6, 6).SaveMmrec(folder.Path, overwrite: true),
        ["text features"] = (folder, second) => Texts(second).Save(folder["x.texts"]),
        ["earlier model"] = (folder, second) => Earlier(second).Save(folder["x.weights"]),
        ["checkpoint"] = (folder, second) =>
        {
            using var file = new CheckpointFile(folder["run"], NullLogger.Instance);
            file.Write(FuzzTargets.Manifest, [SafeTensor.Of<float>("weight/x", [1, 2, 3, second ? 5 : 4], 2, 2)]);
        },
        ["embedding cache"] = (folder, second) => new EmbeddingCache(folder.Path, "generator").Write(
            [(Hash256.Of(false, "a"u8), [1, 2]), (Hash256.Of(false, second ? "c"u8 : "b"u8), [3, 4])]),
    };

    public static TextFeatures Texts(bool second)
        => TextFeatures.Fit(["red shoe", "blue shoe", "red hat", second ? "green hat" : "blue hat"], new() { MinTexts = 1 });

    public static EarlierModel Earlier(bool second)
    {
        var data = Samples.Checkerboard(6, 6);
        using DRepMRecModel model = DRepMRecModel.Create(
            data, new DRepMRecOptions { EmbeddingDim = 4, UseModalLine = false, Seed = second ? 2 : 1 });
        return EarlierModel.Of(model, data);
    }

    private static Recommender Model(bool second) => Hosted.Numbered(second ? 2 : 1);

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
