using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

public sealed partial class TextFeatures
{
    private const string FormatKey = "drepmrec.text_features";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Saves terms, weights, directions and options to a safetensors file, which is whole or as it was.</summary>
    /// <param name="path">The file, in an existing folder; replaced if it exists.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = "1",
            ["max_dimension"] = Text(Options.MaxDimension),
            ["min_characters"] = Text(Options.MinCharacters),
            ["max_characters"] = Text(Options.MaxCharacters),
            ["min_texts"] = Text(Options.MinTexts),
            ["max_terms"] = Text(Options.MaxTerms),
            ["seed"] = Text(Options.Seed),
        };
        AtomicFiles.Write(Path.GetDirectoryName(Path.GetFullPath(path))!, new Dictionary<string, Action<Stream>>
        {
            [Path.GetFileName(path)] = stream => TensorChecksum.Write(stream, metadata, Arrays()),
        });
    }

    /// <summary>Terms, weights and directions.</summary>
    internal SafeTensor[] Arrays(string prefix = "")
    {
        byte[][] names = [.. _names.Select(Utf8.GetBytes)];
        int[] ends = new int[names.Length];
        for (int n = 0, end = 0; n < names.Length; n++)
            ends[n] = end += names[n].Length;
        return
        [
            SafeTensor.Of(prefix + "directions", _directions, TermCount, Dimension), SafeTensor.Of(prefix + "idf", _idf),
            SafeTensor.Of(prefix + "term_ends", ends), SafeTensor.Of(prefix + "terms", [.. names.SelectMany(n => n)]),
        ];
    }

    /// <summary>Loads a file that <see cref="Save"/> wrote. It encodes as the saved one did, to the last bit.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DatasetFormatException">The file is damaged, or not such a file.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static TextFeatures Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using WatchedFile stream = Files.OpenRead(path);
            var (metadata, arrays) = Safetensors.Read(stream, path);
            return Read(metadata, arrays);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new DatasetFormatException(
                $"expected text features that {nameof(TextFeatures)}.{nameof(Save)} wrote: {Shown.Message(e.Message)}",
                Path.GetFileName(path));
        }
    }

    private static TextFeatures Read(IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, SafeTensor> arrays)
    {
        if (metadata.GetValueOrDefault(FormatKey) != "1")
            throw new FormatException($"{FormatKey} must be 1, found {Shown.Text(metadata.GetValueOrDefault(FormatKey) ?? "nothing")}.");
        TensorChecksum.ThrowIfDamaged(metadata, arrays);
        var options = new TextFeatureOptions
        {
            MaxDimension = Number(metadata, "max_dimension"),
            MinCharacters = Number(metadata, "min_characters"),
            MaxCharacters = Number(metadata, "max_characters"),
            MinTexts = Number(metadata, "min_texts"),
            MaxTerms = Number(metadata, "max_terms"),
            Seed = Number(metadata, "seed"),
        };
        return Of(options, Array<float>(arrays, "directions"), Array<float>(arrays, "idf"), Array<int>(arrays, "term_ends"),
            Array<byte>(arrays, "terms"));
    }

    /// <summary>Puts together what <see cref="Arrays"/> gave.</summary>
    /// <exception cref="FormatException">The arrays don't fit together.</exception>
    internal static TextFeatures Of(TextFeatureOptions options, float[] directions, float[] idf, int[] ends, byte[] bytes)
    {
        int count = ends.Length, dimension = count == 0 ? 0 : directions.Length / count;
        if (dimension == 0 || directions.Length != (long)count * dimension || idf.Length != count)
            throw new FormatException($"{count} terms can't have {idf.Length} weights and {directions.Length} values.");
        if (idf.Concat(directions).Any(v => !float.IsFinite(v)))
            throw new FormatException("a weight or a value isn't a finite number.");
        var names = new string[count];
        for (int n = 0, begin = 0; n < count; begin = ends[n++])
        {
            if (ends[n] <= begin || ends[n] > bytes.Length)
                throw new FormatException($"term {n} can't lie at bytes {begin} to {ends[n]} of {bytes.Length}.");
            names[n] = Utf8.GetString(bytes, begin, ends[n] - begin);
        }

        if (ends[^1] != bytes.Length || names.Distinct(StringComparer.Ordinal).Count() != count)
            throw new FormatException("its terms aren't distinct, or there are bytes behind the last.");
        return new TextFeatures(options, names, idf, directions, dimension);
    }

    private static T[] Array<T>(IReadOnlyDictionary<string, SafeTensor> arrays, string name) where T : unmanaged
        => arrays.TryGetValue(name, out SafeTensor? array) && array.Type == SafeTensor.TypeName<T>()
            ? MemoryMarshal.Cast<byte, T>(array.Data.Span).ToArray()
            : throw new FormatException($"expected an array {name} of type {SafeTensor.TypeName<T>()}, found "
                + $"{(array is null ? "none" : $"type {array.Type}")}.");

    private static int Number(IReadOnlyDictionary<string, string> metadata, string key)
        => int.TryParse(metadata.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new FormatException(
                $"expected a whole number as {key}, found {Shown.Text(metadata.GetValueOrDefault(key) ?? "nothing")}.");

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
