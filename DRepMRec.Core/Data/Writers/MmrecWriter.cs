using System.Globalization;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Writes MMRec's layout. The numbers in the files are the dataset's indices; mapping files have their raw ids.</summary>
internal static class MmrecWriter
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const int MaxNameBytes = 200;

    public static void Write(RecDataset data, string folder, bool overwrite)
    {
        if (data.Train.Count == 0)
            throw new InvalidOperationException("A dataset without a training interaction can't be written: it couldn't be loaded again.");
        var files = new Dictionary<string, Action<Stream>>(StringComparer.Ordinal)
        {
            [FileName(data.Name) + ".inter"] = stream => WriteInteractions(stream, data.Splits),
            [MmrecReader.UserMappingFile] = stream => WriteMapping(stream, data.Users, "user_id\tuserID"),
            [MmrecReader.ItemMappingFile] = stream => WriteMapping(stream, data.Items, "asin\titemID"),
        };
        foreach (ItemFeatures modality in data.Features)
        {
            files[modality.Modality + RowAlignedFeatures.Suffix] = stream =>
                NpyMatrix.Write(stream, modality.ItemCount, modality.Dimension, modality.Values);
        }

        Files.MakeFolder(folder);
        ThrowIfOccupied(folder, files.Keys, overwrite);
        AtomicFiles.Write(folder, files);
    }

    /// <summary>What of a dataset has no place in the layout, in sentences.</summary>
    public static IEnumerable<string> LeftOut(RecDataset data)
    {
        if (FileName(data.Name) is var name && name != data.Name)
            yield return $"the name is written as {Shown.Text(name)}, which any file system takes";
        if (data.ItemTable is { } items)
            yield return $"the raw fields of {items.Count} items aren't written: {Shown.List(items.Columns)}";
        string[] made = [.. data.Features.Where(f => f.Encoder is not null).Select(f => f.Modality.Name)];
        if (made.Length > 0)
            yield return $"what made the features of raw fields isn't written, of {Shown.List(made)}: new items will need features";
    }

    // A file that stays but isn't part of this dataset would be read as if it were.
    private static void ThrowIfOccupied(string folder, ICollection<string> files, bool overwrite)
    {
        string[] there =
        [
            .. Files.List(folder)
                .Select(f => Path.GetFileName(f)!)
                .Where(f => files.Contains(f) || IsRead(f))
                .Order(StringComparer.Ordinal),
        ];
        if (there.Length > 0 && !overwrite)
        {
            throw new IOException(
                $"The folder '{Shown.Name(folder)}' holds a dataset already ({Shown.List(there)}); pass overwrite: true to replace it.");
        }

        string[] foreign = [.. there.Where(f => !files.Contains(f))];
        if (foreign.Length > 0)
        {
            throw new IOException(
                $"The folder '{Shown.Name(folder)}' holds files of another dataset, which would be read as part of this one: "
                    + $"{Shown.List(foreign)}.");
        }
    }

    // As the readers find files: whatever their case.
    private static bool IsRead(string file) => file.EndsWith(DatasetLayout.InterExtension, StringComparison.OrdinalIgnoreCase)
        || file.EndsWith(RowAlignedFeatures.Suffix, StringComparison.OrdinalIgnoreCase)
        || LatticeReader.Files.Contains(file, StringComparer.OrdinalIgnoreCase);

    private static void WriteInteractions(Stream stream, InteractionSplits splits)
    {
        using StreamWriter writer = Open(stream);
        (InteractionSet Set, int Label)[] sets = [(splits.Train, 0), (splits.Validation, 1), (splits.Test, 2)];
        bool hasWeights = sets.Any(s => !s.Set.Weights.IsEmpty);
        writer.Write($"userID\titemID\tx_label{(hasWeights ? $"\t{MmrecReader.WeightColumn}" : "")}\n");
        foreach (var (set, label) in sets)
        {
            for (int u = 0; u < set.UserCount; u++)
            {
                ReadOnlySpan<int> items = set.ItemsOf(u);
                ReadOnlySpan<float> weights = set.WeightsOf(u);
                for (int i = 0; i < items.Length; i++)
                {
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{u}\t{items[i]}\t{label}"));
                    if (hasWeights)
                        writer.Write(string.Create(CultureInfo.InvariantCulture, $"\t{(weights.IsEmpty ? 1 : weights[i])}"));
                    writer.Write('\n');
                }
            }
        }
    }

    private static void WriteMapping(Stream stream, IdMap ids, string header)
    {
        using StreamWriter writer = Open(stream);
        writer.Write(header + '\n');
        for (int i = 0; i < ids.Count; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{Quote(ids[i])}\t{i}\n"));
    }

    private static string Quote(string id)
    {
        if (id.Contains('\r', StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"A raw id with a carriage return can't be written to a mapping file; got {Shown.Text(id)}.");
        }

        return id.AsSpan().ContainsAny('\t', '"', '\n') ? $"\"{id.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : id;
    }

    private static StreamWriter Open(Stream stream) => new(stream, Utf8, bufferSize: 1 << 16, leaveOpen: true);

    // One name for all platforms: characters that any platform refuses in a file name become '_'.
    private static string FileName(string name)
    {
        var file = new StringBuilder();
        int bytes = 0;
        foreach (Rune rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxNameBytes)
                break;
            bool isRefused = Rune.IsControl(rune) || rune == Rune.ReplacementChar
                || (rune.IsAscii && "\\/:*?\"<>|".Contains((char)rune.Value, StringComparison.Ordinal));
            file.Append(isRefused ? "_" : rune.ToString());
        }

        return file.ToString();
    }
}
