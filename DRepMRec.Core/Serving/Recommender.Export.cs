using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>
    /// Writes the fused representations as <c>users.npy</c> and <c>items.npy</c>, and the raw ids of their rows as JSON arrays,
    /// <c>user_ids.json</c> and <c>item_ids.json</c>: where it fails, the four are as they were. Each is whole at every moment, but where
    /// the process ends between two renames, or another one exports to the folder at the same time, they may be of two exports.
    /// </summary>
    /// <param name="folder">The folder; made if there is none.</param>
    /// <exception cref="NotSupportedException">A matrix has more than 2^31 numbers; use <see cref="ExportParquet"/>.</exception>
    public void ExportNpy(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        VectorTable users = VectorTable.Users(_model), items = VectorTable.Items(_model);
        Files.MakeFolder(folder);
        AtomicFiles.Write(folder, new Dictionary<string, Action<Stream>>
        {
            ["users.npy"] = stream => NpyMatrix.Write(stream, users.Count, users.Dimension, users.Values()),
            ["items.npy"] = stream => NpyMatrix.Write(stream, items.Count, items.Dimension, items.Values()),
            ["user_ids.json"] = stream => JsonSerializer.Serialize(stream, Users, ModelFileJson.Default.IEnumerableString),
            ["item_ids.json"] = stream => JsonSerializer.Serialize(stream, Items, ModelFileJson.Default.IEnumerableString),
        });
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Writes ids and fused representations as <c>users.parquet</c> and <c>items.parquet</c>: a string column <c>id</c> and a list column
    /// <c>embedding</c>, as vector databases and data frames read them. What holds for the files
    /// of <see cref="ExportNpy"/> when it fails or is interrupted holds for these two.
    /// </summary>
    /// <param name="folder">The folder; made if there is none.</param>
    public void ExportParquet(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Files.MakeFolder(folder);
        AtomicFiles.Write(folder, new Dictionary<string, Action<Stream>>
        {
            ["users.parquet"] = stream => ParquetVectors.Write(stream, VectorTable.Users(_model)),
            ["items.parquet"] = stream => ParquetVectors.Write(stream, VectorTable.Items(_model)),
        });
        GC.KeepAlive(this);
    }
}
