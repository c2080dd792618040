using System.Text;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Hosting;
using DRepMRec.Training;

namespace DRepMRec.Tests.Reliability;

/// <summary>Readers of tables of items, and of what trainings and encoders keep.</summary>
internal static class FuzzItems
{
    private static readonly ItemLayout Layout = new() { Item = "id", Title = "title", Numbers = ["price"] };

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("items as CSV", [("x.csv", Encoding.UTF8.GetBytes("id,title,price\na,\"red, shoe\",1.5\nb,hat,2\n\"c\"\"\",,\n"))],
            folder => Read(ItemTable.LoadDelimited(folder["x.csv"], new() { Item = "id", Title = "title", Numbers = ["price"] })),
            typeof(DatasetFormatException)),
        new("items as JSON lines",
            [("x.jsonl", Encoding.UTF8.GetBytes("{\"id\": \"a\", \"title\": \"red\\n\", \"price\": 1.5}\n{\"id\": 7, \"price\": null}\n"))],
            folder => Read(ItemTable.LoadJsonLines(folder["x.jsonl"], Layout)), typeof(DatasetFormatException)),
        new("items as Parquet", [("x.parquet", Parquet())],
            folder => Read(ItemTable.LoadParquet(folder["x.parquet"], new() { Item = "item_id" })), typeof(DatasetFormatException))
        {
            FixedBytes = 2_000_000,
        },
        new("items as Parquet with lists", [("x.parquet", Bytes(path => ListColumnTests.WriteAsync(path).GetAwaiter().GetResult()))],
            folder => Read(ItemTable.LoadParquet(folder["x.parquet"], ListColumnTests.Layout)), typeof(DatasetFormatException))
        {
            FixedBytes = 2_000_000,
        },
        new("text features", [("x.texts", Unchecked(path => FileWriters.Texts(false).Save(path)))],
            folder => TextFeatures.Load(folder["x.texts"]).Encode("red shoe"), typeof(DatasetFormatException)),
        new("earlier model", [("x.weights", Unchecked(path => FileWriters.Earlier(false).Save(path)))],
            folder => EarlierModel.Load(folder["x.weights"]), typeof(FormatException)),
    ];

    private static void Read(ItemTable table) => _ = table.ToString() + table.Count;

    private static byte[] Parquet()
        => Bytes(path => Hosted.Numbered(1).RecommendAllAsync().WriteParquetAsync(path).GetAwaiter().GetResult());

    private static byte[] Bytes(Action<string> write)
    {
        using var folder = new TempFolder();
        write(folder["x"]);
        return File.ReadAllBytes(folder["x"]);
    }

    // Without the checksum, which would refuse every change before a reader sees it.
    private static byte[] Unchecked(Action<string> write)
    {
        var (metadata, tensors) = Safetensors.Read(new MemoryStream(Bytes(write)), "x");
        using var stream = new MemoryStream();
        Safetensors.Write(stream, metadata.Where(m => m.Key != TensorChecksum.Key).ToDictionary(), [.. tensors.Values]);
        return stream.ToArray();
    }
}
