using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Features;

namespace WebShop;

/// <summary>
/// Features as files, to train with elsewhere: a matrix of halves for each way to make them, <c>text.npy</c> by the library,
/// <c>sentence.npy</c> and <c>image.npy</c> by the networks, <c>items.txt</c> with the id of each row, and <c>features.jsonl</c> with what
/// they took. Nothing comes from the cache.
/// </summary>
internal static class FeatureFiles
{
    private const string Items = "items.txt", Log = "features.jsonl";

    public static async Task WriteAsync(Shop shop, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        ItemTable products = ItemTable.LoadDelimited(shop.Products, shop.ProductLayout, shop.ProductOptions);
        Console.WriteLine(products.Report);
        if (products.Ids.FirstOrDefault(id => id.AsSpan().ContainsAny('\r', '\n')) is { } broken)
            throw new IOException($"{Items} has an id in each line: expected none with a line break, got '{broken}'.");
        var files = new Dictionary<string, Action<string>> { [Items] = path => File.WriteAllLines(path, products.Ids) };
        var log = new StringBuilder();
        using var encoders = new Encoders(shop with { CacheFolder = null });
        IReadOnlyList<EmbeddingEncoder> usable = ProductFeatures.Usable(encoders.All, products);
        if (usable.Contains(encoders.Sentences))
            await Write("the library", () => Task.FromResult<FeatureTable?>(
                TextEncoder.Fit(products, null, cancellation).Encode(products, cancellation)));
        foreach (EmbeddingEncoder encoder in usable)
            await Write(encoder.GeneratorName, () => ProductFeatures.EncodeAsync(encoder, products, cancellation));
        Replace(folder, files);
        await File.AppendAllTextAsync(Path.Combine(folder, Log), log.ToString(), CancellationToken.None);

        async Task Write(string maker, Func<Task<FeatureTable?>> make)
        {
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            if (await make() is not { } table)
                return;
            string name = table.Modality.Name;
            string line = JsonSerializer.Serialize(new
            {
                features = name,
                by = maker,
                items = table.ItemIds.Count,
                dimension = table.Dimension,
                seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
                processorSeconds = Math.Round((Environment.CpuUsage.TotalTime - processor).TotalSeconds, 1),
                processors = Environment.ProcessorCount,
            });
            Console.WriteLine(line);
            log.Append(line).Append('\n');
            files.Add($"{name}.npy", path => Save(path, table, products.Ids));
        }
    }

    /// <summary>
    /// Puts all files in the place of those of an earlier run, once all are whole: a row belongs to the id beside it. What isn't made any
    /// more goes.
    /// </summary>
    private static void Replace(string folder, Dictionary<string, Action<string>> files)
    {
        const string Unfinished = ".unfinished";
        string At(string name) => Path.Combine(folder, name);
        foreach (var (name, write) in files)
            write(At(name + Unfinished));
        foreach (string name in new[] { "text.npy", "sentence.npy", "image.npy" })
            File.Delete(At(name));
        foreach (string name in files.Keys)
            File.Move(At(name + Unfinished), At(name), overwrite: true);
    }

    /// <summary>Rows in the order of the ids; items without the modality have zeros, which a dataset takes for none.</summary>
    private static void Save(string path, FeatureTable table, IReadOnlyList<string> ids)
    {
        var rows = new Dictionary<string, int>(table.ItemIds.Select((id, row) => KeyValuePair.Create(id, row)), StringComparer.Ordinal);
        string header = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f2', 'fortran_order': False, 'shape': ({ids.Count}, {table.Dimension}), }}");
        const int Beginning = 10, Alignment = 64;
        int length = (Beginning + header.Length) / Alignment * Alignment + Alignment - Beginning;
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write([0x93, .. "NUMPY"u8, 1, 0]);
        writer.Write((ushort)length);
        writer.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        foreach (string id in ids)
        {
            for (int column = 0; column < table.Dimension; column++)
                writer.Write(rows.TryGetValue(id, out int row) ? (Half)table.Values.Span[(row * table.Dimension) + column] : Half.Zero);
        }
    }
}
